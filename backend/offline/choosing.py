"""What the next edition is made of: the drafts, less those that wait; or an earlier edition."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from backend.offline.changes_waiting import compare, published_documents
from backend.offline.content import read_content
from backend.offline.editions import load_drafts
from backend.offline.selection import Selection, select
from backend.records import ContentError
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.revisions import Key, Writing


class UnknownEditionError(LookupError):
    """There is no edition of that number."""


def chosen(
    connection: Connection, only: Collection[Key] | None = None, fields: Collection[str] | None = None
) -> Selection:
    """The drafts as they may go out now: whoever publishes, an unapproved number does not."""
    published, drafts = published_documents(connection), load_documents(connection)
    waiting = {change.key: change.risks for change in compare(connection, published, drafts) if change.waits}
    return select(published, drafts, waiting, only, fields)


def is_new(connection: Connection, only: Collection[Key]) -> bool:
    """Whether readers would see anything new if these went out: of what waits for a second person they would not."""
    return _by_key(chosen(connection, only).documents) != _by_key(published_documents(connection))


@dataclass(frozen=True)
class Part:
    """What publishing some fields of one contact would do: `new` to readers, or `held` for all or some of it."""

    new: bool
    held: bool


def part_of(connection: Connection, key: Key, fields: Collection[str]) -> Part:
    """What waits for a second person, or with a contact that readers do not have yet, stays a draft."""
    going = _by_key(chosen(connection, [key], fields).documents).get(key)
    before, draft = _by_key(published_documents(connection)).get(key), _by_key(load_documents(connection)).get(key)
    return Part(going != before, any(_values(going).get(field) != _values(draft).get(field) for field in fields))


def _values(document: Document | None) -> dict[str, Any]:
    values: dict[str, Any] = json.loads(document.body) if document else {}
    return values


def go_back(connection: Connection, number: int, writing: Writing) -> list[Document]:
    """The content of edition `number`; the drafts follow, but for those that had not been published yet: these stay.

    Raises UnknownEditionError.
    """
    earlier = load_drafts(connection, number)
    if earlier is None:
        raise UnknownEditionError(f"no edition {number}")
    replace_documents(connection, _following(connection, earlier), writing)
    return earlier


def step_back(connection: Connection, number: int, writing: Writing) -> Selection:
    """What of edition `number` may come back by one person's word: all but numbers, addresses, names and removals.

    Those become drafts that wait for a second person: what was right then may be dead now. Raises UnknownEditionError.
    """
    earlier = _by_key(go_back(connection, number, writing))
    published, drafts = _by_key(published_documents(connection)), _by_key(load_documents(connection))
    # Those published too: what neither has any more is a removal, which goes out once it is approved.
    every = {**published, **earlier, **drafts}
    return chosen(connection, only={key for key in every if earlier.get(key) == drafts.get(key)})


def _following(connection: Connection, earlier: list[Document]) -> list[Document]:
    published, drafts = _by_key(published_documents(connection)), _by_key(load_documents(connection))
    pending = {key for key in {**published, **drafts} if published.get(key) != drafts.get(key)}
    kept = [drafts.get(document.key) if document.key in pending else document for document in earlier]
    known = {document.key for document in earlier}
    added = [draft for key, draft in drafts.items() if key in pending and key not in known]
    following = [*(draft for draft in kept if draft is not None), *added]
    try:
        read_content(following)
    except ContentError:
        return earlier  # they leaned on what goes away: their revisions stay
    return following


def _by_key(documents: list[Document]) -> dict[Key, Document]:
    return {document.key: document for document in documents}

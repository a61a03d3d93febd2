"""Which version of each document goes into the next edition: the draft, or what readers have today. Pure rules."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from backend.offline.content import Content, read_content
from backend.offline.four_eyes import Risk
from backend.records import ContentError
from backend.storage.documents import Document
from backend.storage.revisions import Key

HOURS = ("schedule", "hours_text")
CONFIRMATION = ("confirmed_on", "confirm_by")


@dataclass(frozen=True)
class Selection:
    """`documents`: what the edition is made of, and `content` the same, read; `held`: the changed documents whose
    draft waits, whole or but for its hours."""

    documents: list[Document]
    content: Content
    held: frozenset[Key] = frozenset()


def as_they_are(documents: list[Document]) -> Selection:
    """All of these. Raises ContentError where they do not hold together."""
    return Selection(documents, read_content(documents))


def select(
    published: list[Document],
    drafts: list[Document],
    waiting: Mapping[Key, Collection[Risk]],
    only: Collection[Key] | None = None,
    fields: Collection[str] | None = None,
) -> Selection:
    """Everything that changed but what waits for a second person, or for a choice: `only` those documents, of contacts
    those `fields` alone.

    Of a contact that waits, its hours go out all the same. Where a draft leans on one that waits, it waits too.
    Raises ContentError where the drafts themselves do not hold together.
    """
    content = read_content(drafts)
    before = {document.key: document for document in published}
    after = {document.key: document for document in drafts}
    changed = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    chosen: dict[Key, Document | None] = dict(after)
    for key in changed:
        if only is not None and key not in only:
            chosen[key] = before.get(key)
        elif key in waiting or fields is not None:
            chosen[key] = _partly(before.get(key), after.get(key), _going(fields, waiting.get(key)))
    while (documents := _ordered(published, drafts, chosen)) != drafts:
        faulty, found = _read(documents)
        leaning = [key for key in changed if chosen.get(key) != before.get(key)]
        if found is not None:
            faulty = {key for key in leaning if _is_half_closed(found, key)}
            if not faulty:
                content = found
                break
        if not leaning:
            read_content(documents)  # what readers have does not hold together: nobody hides it
        for key in [key for key in leaning if key in faulty] or leaning:
            chosen[key] = before.get(key)
    return Selection(documents, content, frozenset(key for key in changed if chosen.get(key) != after.get(key)))


def _read(documents: list[Document]) -> tuple[set[Key], Content | None]:
    """The documents that a reading finds fault with, or what it read."""
    try:
        return set(), read_content(documents)
    except ContentError as error:
        return {(kind, id_) for fault in error.faults for kind, _, id_ in [fault.file.partition("/")]}, None


def _is_half_closed(content: Content, key: Key) -> bool:
    """A contact whose number went, and whose organisation is still open for readers: nothing would say why."""
    contact = content.contacts.get(key[1]) if key[0] == "contact" else None
    if contact is None or contact.value or contact.withdrawn or not contact.confirmed_on:
        return False
    return content.organisations[contact.organisation].closed_on is None


def _going(fields: Collection[str] | None, found: Collection[Risk] | None) -> Collection[str]:
    """The fields that may go out; of what waits, its hours, unless a number hides in them."""
    if found is None:
        return fields or ()
    hidden = any(risk.field in HOURS for risk in found)
    return [field for field in HOURS if not hidden and (fields is None or field in fields)]


def _partly(before: Document | None, after: Document | None, fields: Collection[str]) -> Document | None:
    """What readers have, with these fields of the draft."""
    if before is None or after is None or before.kind != "contact":
        return before
    now, then = json.loads(before.body), json.loads(after.body)
    # As it is written there, an empty field too: else the draft would differ from what readers have for ever.
    merged = {name: value for name, value in now.items() if name not in fields or name in then}
    merged |= {name: then[name] for name in fields if name in then}
    return Document(*before.key, json.dumps(merged, ensure_ascii=False)) if merged != now else before


def _ordered(
    published: list[Document], drafts: list[Document], chosen: Mapping[Key, Document | None]
) -> list[Document]:
    """In the order of the drafts; what they took away and still stands keeps its place after its neighbour."""
    order = [document.key for document in drafts]
    known = set(order)
    previous: Key | None = None
    for document in published:
        if document.key not in known and chosen.get(document.key) is not None:
            order.insert(order.index(previous) + 1 if previous in order else len(order), document.key)
        previous = document.key
    return [found for key in order if (found := chosen.get(key)) is not None]

"""The drafts that differ from what readers have: what is risky in each, whose it is, who approved it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, select, tuple_

from backend.offline.editions import last_number, load_drafts
from backend.offline.four_eyes import (
    Risk,
    authors,
    digest,
    facts,
    is_answered_for,
    needs_second_person,
    risks,
    versions,
)
from backend.offline.tables import approvals
from backend.staff import people
from backend.staff.tables import audit
from backend.storage.documents import Document, load_documents
from backend.storage.revisions import OPERATOR, Key, Revision, histories

APPROVE = "approve"  # in the journal


@dataclass(frozen=True)
class Change:
    """One document whose draft (`after`) is not what readers have (`before`)."""

    key: Key
    before: Document | None
    after: Document | None
    revision: int  # of the draft
    risks: tuple[Risk, ...]
    second_person: bool  # somebody else must approve before it goes out
    authors: frozenset[str]  # who cannot
    writer: str  # who saved last
    moment: int  # when, epoch seconds
    approver: str | None = None

    @property
    def waits(self) -> bool:
        return self.second_person and self.approver is None

    @property
    def old(self) -> str:
        return digest(self.before.body if self.before else None)

    @property
    def new(self) -> str:
        return digest(self.after.body if self.after else None)

    @property
    def organisations(self) -> frozenset[str]:
        """Whose it is, before and after; none where it belongs to the whole."""
        return frozenset(found for side in (self.before, self.after) for found in organisation_of(side))


def organisation_of(document: Document | None) -> Iterable[str]:
    if document is None:
        return
    if document.kind == "organisation":
        yield document.id
    elif document.kind == "contact":
        yield facts("contact", document.body).get("organisation", "")


def published_documents(connection: Connection) -> list[Document]:
    """What the current edition is made of; nothing before the first."""
    return load_drafts(connection, last_number(connection)) or []


def changes(connection: Connection) -> list[Change]:
    """Every draft that differs from what readers have, the order of the drafts first."""
    return compare(connection, published_documents(connection), load_documents(connection))


def change_of(connection: Connection, key: Key) -> Change | None:
    return next((change for change in changes(connection) if change.key == key), None)


def compare(connection: Connection, published: list[Document], drafts: list[Document]) -> list[Change]:
    before = {document.key: document for document in published}
    after = {document.key: document for document in drafts}
    keys = [key for key in {**after, **before} if before.get(key) != after.get(key)]
    written = histories(connection, keys)
    approved = _approved(connection, keys)
    return [_change(key, before.get(key), after.get(key), written[key], approved) for key in keys]


Approved = dict[tuple[str, str, int, str, str], str]


def _change(
    key: Key, before: Document | None, after: Document | None, history: list[Revision], approved: Approved
) -> Change:
    old, new = (document.body if document else None for document in (before, after))
    told = versions(history)
    # A draft that is not its newest revision was written behind our back, or its history: nobody answers for it.
    if not history or history[0].body != new or not is_answered_for(key[0], old, told):
        history, told = [], []
    found = risks(facts(key[0], old), told[0].facts if told else facts(key[0], new))
    revision = history[0].number if history else 0
    return Change(
        key=key,
        before=before,
        after=after,
        revision=revision,
        risks=found,
        second_person=needs_second_person(found, told),
        authors=authors(key[0], old, told),
        writer=history[0].author if history else "",
        moment=history[0].moment if history else 0,
        approver=approved.get((*key, revision, digest(old), digest(new))) if history else None,
    )


def _approved(connection: Connection, keys: list[Key]) -> Approved:
    """Those that the journal holds too: who writes to the database alone cannot forge an entry unseen. And of somebody
    who is still in the staff: who was removed may have been for what they approved."""
    query = select(approvals).where(tuple_(approvals.c.kind, approvals.c.id).in_(keys))
    rows = connection.execute(query).all()
    if not rows:
        return {}
    told = {
        (entry.subject, entry.actor, *(json.loads(entry.details).get(name) for name in ("revision", "old", "new")))
        for entry in connection.execute(select(audit).where(audit.c.action == APPROVE))
    }
    here = {OPERATOR, *(person.id for person in people.list_people(connection))}
    return {
        (row.kind, row.id, row.revision, row.old, row.new): row.approver
        for row in rows
        if (f"{row.kind}/{row.id}", row.approver, row.revision, row.old, row.new) in told and row.approver in here
    }

"""Drafts of public content: what the next edition will say. Every writing leaves a revision."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from backend.storage.revisions import Key, Writing, add_revisions, by_operator
from backend.storage.tables import documents


@dataclass(frozen=True)
class Document:
    """One piece of content as written; `kind` is guide, contact, organisation, source…"""

    kind: str
    id: str
    body: str

    @property
    def key(self) -> Key:
        return self.kind, self.id


def load_documents(connection: Connection) -> list[Document]:
    """Every draft, in the order its writer gave."""
    rows = connection.execute(
        select(documents.c.kind, documents.c.id, documents.c.body).order_by(documents.c.kind, documents.c.position)
    )
    return [Document(row.kind, row.id, row.body) for row in rows]


def replace_documents(connection: Connection, drafts: list[Document], writing: Writing | None = None) -> None:
    """Put these drafts in the place of all others; the operator does, unless told who."""
    before = {draft.key: draft.body for draft in load_documents(connection)}
    after: dict[Key, str | None] = dict.fromkeys(before) | {draft.key: draft.body for draft in drafts}
    connection.execute(delete(documents))
    rows = [
        {"kind": draft.kind, "id": draft.id, "position": position, "body": draft.body}
        for position, draft in enumerate(drafts)
    ]
    if rows:
        connection.execute(insert(documents), rows)
    changed = {key: body for key, body in after.items() if before.get(key) != body}
    add_revisions(connection, changed, writing or by_operator())


def write_document(connection: Connection, draft: Document, writing: Writing) -> None:
    """Write one draft anew in its place, or after all others where it is new."""
    place = (documents.c.kind == draft.kind) & (documents.c.id == draft.id)
    if connection.execute(update(documents).where(place).values(body=draft.body)).rowcount == 0:
        last = connection.execute(select(func.coalesce(func.max(documents.c.position), -1))).scalar_one()
        values = {"kind": draft.kind, "id": draft.id, "position": last + 1, "body": draft.body}
        connection.execute(insert(documents).values(values))
    add_revisions(connection, {draft.key: draft.body}, writing)


def remove_document(connection: Connection, key: Key, writing: Writing) -> None:
    """Take one draft away; its revisions stay. Raises LookupError where there is none."""
    place = (documents.c.kind == key[0]) & (documents.c.id == key[1])
    if connection.execute(delete(documents).where(place)).rowcount != 1:
        raise LookupError(f"no {key[0]} {key[1]}")
    add_revisions(connection, {key: None}, writing)

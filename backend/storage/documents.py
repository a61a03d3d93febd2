"""Drafts of public content: what the next edition will say."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from backend.storage.tables import documents


@dataclass(frozen=True)
class Document:
    """One piece of content as written; `kind` is guide, contact, organisation, source…"""

    kind: str
    id: str
    body: str


def load_documents(connection: Connection) -> list[Document]:
    """Every draft, in the order its writer gave."""
    rows = connection.execute(
        select(documents.c.kind, documents.c.id, documents.c.body).order_by(documents.c.kind, documents.c.position)
    )
    return [Document(row.kind, row.id, row.body) for row in rows]


def replace_documents(connection: Connection, drafts: list[Document]) -> None:
    """Put these drafts in the place of all others."""
    connection.execute(delete(documents))
    rows = [
        {"kind": draft.kind, "id": draft.id, "position": position, "body": draft.body}
        for position, draft in enumerate(drafts)
    ]
    if rows:
        connection.execute(insert(documents), rows)


def update_document(connection: Connection, draft: Document) -> None:
    """Write one draft anew in its place. Raises LookupError where there is none of its kind and id."""
    place = (documents.c.kind == draft.kind) & (documents.c.id == draft.id)
    if connection.execute(update(documents).where(place).values(body=draft.body)).rowcount != 1:
        raise LookupError(f"no {draft.kind} {draft.id}")

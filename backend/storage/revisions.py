"""Every version of every draft: who wrote it, and when. Nothing is ever taken out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, insert, select, tuple_

from backend import clock
from backend.storage.tables import revisions

# Who works at the command line of the server, where nobody signs in.
OPERATOR = "operator"  # whoever works at the server's command line, where nobody signs in

Key = tuple[str, str]  # kind and id of a document


@dataclass(frozen=True)
class Revision:
    """One version of a document; `body` is None where it was taken away, `moment` is in epoch seconds."""

    kind: str
    id: str
    number: int
    body: str | None
    author: str
    moment: int

    @property
    def key(self) -> Key:
        return self.kind, self.id


@dataclass(frozen=True)
class Writing:
    """Who writes, and when."""

    author: str
    moment: datetime


def by_operator() -> Writing:
    """What the commands of the server write."""
    return Writing(OPERATOR, clock.now())


def every_id(connection: Connection, kind: str) -> set[str]:
    """What documents of a kind are called, or were before they were taken away."""
    return set(connection.execute(select(revisions.c.id).where(revisions.c.kind == kind).distinct()).scalars())


def last_revision(connection: Connection, key: Key) -> Revision | None:
    found = history(connection, key, limit=1)
    return found[0] if found else None


def history(connection: Connection, key: Key, limit: int | None = None) -> list[Revision]:
    """The versions of one document, newest first."""
    query = (
        select(revisions)
        .where(revisions.c.kind == key[0], revisions.c.id == key[1])
        .order_by(revisions.c.number.desc())
        .limit(limit)
    )
    return [Revision(*row) for row in connection.execute(query)]


def histories(connection: Connection, keys: Collection[Key]) -> dict[Key, list[Revision]]:
    """The versions of several documents, newest first."""
    query = (
        select(revisions)
        .where(tuple_(revisions.c.kind, revisions.c.id).in_(list(keys)))
        .order_by(revisions.c.number.desc())
    )
    found: dict[Key, list[Revision]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.kind, row.id].append(Revision(*row))
    return found


def add_revisions(connection: Connection, bodies: dict[Key, str | None], writing: Writing) -> None:
    """Keep what was just written; called by `documents`, in the same transaction."""
    if not bodies:
        return
    numbers = _last_numbers(connection)
    moment = int(writing.moment.timestamp())
    connection.execute(
        insert(revisions),
        [
            {
                "kind": kind,
                "id": id_,
                "number": numbers.get((kind, id_), 0) + 1,
                "body": body,
                "author": writing.author,
                "moment": moment,
            }
            for (kind, id_), body in bodies.items()
        ],
    )


def _last_numbers(connection: Connection) -> dict[Key, int]:
    query = select(revisions.c.kind, revisions.c.id, func.max(revisions.c.number)).group_by(
        revisions.c.kind, revisions.c.id
    )
    return {(kind, id_): number for kind, id_, number in connection.execute(query)}

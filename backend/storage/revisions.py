"""Every version of every draft: who wrote it, and when. Nothing is ever taken out."""

from __future__ import annotations

import hmac
import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, tuple_

from backend import clock
from backend.storage.seals import sealer
from backend.storage.tables import revisions

OPERATOR = "operator"  # whoever works at the server's command line, where nobody signs in
_PURPOSE = b"appui revision 1"

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
    sealed: bool = True  # by this server: else somebody wrote it straight into the database, or long ago

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
    return _read(connection, connection.execute(query).all())


def histories(connection: Connection, keys: Collection[Key]) -> dict[Key, list[Revision]]:
    """The versions of several documents, newest first."""
    query = (
        select(revisions)
        .where(tuple_(revisions.c.kind, revisions.c.id).in_(list(keys)))
        .order_by(revisions.c.number.desc())
    )
    found: dict[Key, list[Revision]] = defaultdict(list)
    for revision in _read(connection, connection.execute(query).all()):
        found[revision.key].append(revision)
    return found


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Revision]:
    if not rows:
        return []
    seal = sealer(connection, _PURPOSE)

    def holds(row: Row[Any]) -> bool:
        return bool(row.seal) and hmac.compare_digest(row.seal, seal(_text(row[:-1])))

    return [Revision(row.kind, row.id, row.number, row.body, row.author, row.moment, holds(row)) for row in rows]


def _text(values: Sequence[Any]) -> str:
    """All that a version is, so that none can be given another's place, author or day."""
    return json.dumps(list(values))


def add_revisions(connection: Connection, bodies: dict[Key, str | None], writing: Writing) -> None:
    """Keep what was just written; called by `documents`, in the same transaction."""
    if not bodies:
        return
    numbers = _last_numbers(connection)
    moment, seal = int(writing.moment.timestamp()), sealer(connection, _PURPOSE)
    rows = [
        {"kind": key[0], "id": key[1], "number": numbers.get(key, 0) + 1, "body": body, "author": writing.author,
         "moment": moment}
        for key, body in bodies.items()
    ]  # fmt: skip
    connection.execute(insert(revisions), [row | {"seal": seal(_text([*row.values()]))} for row in rows])


def _last_numbers(connection: Connection) -> dict[Key, int]:
    query = select(revisions.c.kind, revisions.c.id, func.max(revisions.c.number)).group_by(
        revisions.c.kind, revisions.c.id
    )
    return {(kind, id_): number for kind, id_, number in connection.execute(query)}

"""What is to be tried again: written down, found when it is due, forgotten once it is settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select, update

from backend.notices.ledger import SENT_TO, Row
from backend.notices.services_known import closed_to_retries
from backend.notices.tables import retries, subscriptions


@dataclass(frozen=True)
class Again:
    """Sendings of a notice at one push service that are due again; `due`: the earliest."""

    notice: str
    origin: str
    due: int


def due_again(connection: Connection, moment: int) -> list[Again]:
    query = (
        select(retries.c.notice, retries.c.origin, func.min(retries.c.due))
        .where(retries.c.due <= moment, ~retries.c.origin.in_(closed_to_retries(moment)))
        .group_by(retries.c.notice, retries.c.origin)
    )
    return [Again(*row) for row in connection.execute(query)]


@dataclass(frozen=True)
class RetryRow(Row):
    lane: int = 0


def rows_again(connection: Connection, again: Again, moment: int, count: int) -> list[RetryRow]:
    query = (
        select(*SENT_TO, retries.c.attempts, retries.c.lane)
        .join(retries, retries.c.subscription == subscriptions.c.id)
        .where(retries.c.notice == again.notice, retries.c.origin == again.origin, retries.c.due <= moment)
        .order_by(retries.c.due)
        .limit(count)
    )
    return [RetryRow(*row) for row in connection.execute(query)]


def put_again(connection: Connection, notice: str, origin: str, rows: Sequence[tuple[int, int, int, int]]) -> int:
    """Rows of (subscription, lane, due, attempts), in the place of what was known of them; how many are still there."""
    if not rows:
        return 0
    ids = [row[0] for row in rows]
    connection.execute(delete(retries).where(retries.c.notice == notice, retries.c.subscription.in_(ids)))
    known = set(connection.execute(select(subscriptions.c.id).where(subscriptions.c.id.in_(ids))).scalars())
    values = [
        {"notice": notice, "subscription": id_, "origin": origin, "lane": lane, "due": due, "attempts": attempts}
        for id_, lane, due, attempts in rows
        if id_ in known  # whoever has left meanwhile is not written down again
    ]
    if values:
        connection.execute(insert(retries), values)
    return len(values)


def postpone(connection: Connection, again: Again, due: int) -> None:
    query = update(retries).where(
        retries.c.notice == again.notice, retries.c.origin == again.origin, retries.c.due <= due
    )
    connection.execute(query.values(due=due))


def forget_again(connection: Connection, notice: str, ids: Sequence[int]) -> None:
    if ids:
        connection.execute(delete(retries).where(retries.c.notice == notice, retries.c.subscription.in_(ids)))

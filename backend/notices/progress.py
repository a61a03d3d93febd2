"""How far each notice is, in one read of its lanes; and how each push service fares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, Label, Table, case, func, select, true

from backend.notices.announce import DONE, REPLACED
from backend.notices.outcomes import COUNTERS
from backend.notices.services_known import stopped
from backend.notices.subscriptions import is_staff
from backend.notices.tables import lanes, notices, push_services, retries, subscriptions


@dataclass(frozen=True)
class Progress:
    """One line of `appui notices`; `created` in seconds since the epoch."""

    id: str
    contact: str
    edition: int
    created: int
    total: int
    delivered: int
    gone: int
    later: int
    refused: int
    state: str

    @property
    def is_over(self) -> bool:
        return self.state in (DONE, REPLACED)

    @property
    def left_for_good(self) -> int:
        """Nothing more is sent to these: who waits to be tried again is not among them until that is given up."""
        return self.total if self.is_over else min(self.total, self.delivered + self.gone + self.refused)


@dataclass(frozen=True)
class ServiceLine:
    """A push service; `rest_until`: 0 where it does not rest; `stopped`: None where it was not; `reason`: why, or what
    it answers to who subscribes; None where all is well."""

    origin: str
    subscriptions: int
    rest_until: int
    stopped: int | None
    reason: str | None


def progress(connection: Connection, editions: Sequence[int] | None = None) -> list[Progress]:
    """The newest notices first; of these editions alone, where they are given. Reminders of the staff are none.

    All of them: an edition may make hundreds, and what is under way must be among those that are watched.
    """
    columns = [notices.c[name] for name in ("id", "contact", "edition", "created", "total", "state")]
    query = (
        select(*columns, *_sums())
        .outerjoin(lanes, lanes.c.notice == notices.c.id)
        .where(~is_staff(notices.c.contact))
        .group_by(*columns)
        .order_by(notices.c.created.desc(), notices.c.id)
    )
    if editions is not None:
        query = query.where(notices.c.edition.in_(editions))
    return [Progress(**row) for row in connection.execute(query).mappings()]


def _sums() -> list[Label[int]]:
    """Of the lanes' counters. Those that no message has left for because their push service was stopped wait too."""
    left = lanes.c.size - lanes.c.delivered - lanes.c.gone - lanes.c.later - lanes.c.refused
    held = case((~lanes.c.done & lanes.c.origin.in_(stopped()) & (left > 0), left), else_=0)
    counted = {**{name: lanes.c[name] for name in COUNTERS}, "later": lanes.c.later + held}
    return [func.coalesce(func.sum(number), 0).label(name) for name, number in counted.items()]


def hindered(connection: Connection, ids: Sequence[str], moment: int) -> list[tuple[str, bool]]:
    """Push services at which some of these notices wait, as it rests or was stopped; and whether it was stopped."""
    query = select(push_services.c.origin, push_services.c.stopped.is_not(None)).where(
        push_services.c.stopped.is_not(None) | (push_services.c.rest_until > moment),
        _waiting_at(lanes, ids, ~lanes.c.done) | _waiting_at(retries, ids, true()),
    )
    return [(row[0], bool(row[1])) for row in connection.execute(query.order_by(push_services.c.origin))]


def _waiting_at(table: Table, ids: Sequence[str], waits: ColumnElement[bool]) -> ColumnElement[bool]:
    there = (table.c.origin == push_services.c.origin) & table.c.notice.in_(ids)
    return select(table.c.notice).where(there, waits).exists()


def services(connection: Connection) -> list[ServiceLine]:
    """Every push service that has subscriptions or that we know something of."""
    query = select(subscriptions.c.origin, func.count()).group_by(subscriptions.c.origin)
    counts = {row[0]: row[1] for row in connection.execute(query)}
    known = {row.origin: row for row in connection.execute(select(push_services))}
    return [
        ServiceLine(
            origin,
            counts.get(origin, 0),
            known[origin].rest_until if origin in known else 0,
            known[origin].stopped if origin in known else None,
            known[origin].reason if origin in known else None,
        )
        for origin in sorted({*counts, *known})
    ]


def totals(connection: Connection) -> dict[str, int]:
    """Sums over all notices kept, for /metrics."""
    row = connection.execute(select(*_sums())).mappings().one()
    return {name: int(row[name]) for name in COUNTERS}

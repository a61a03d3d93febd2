"""How far each notice is, in one read of its lanes; and how each push service fares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from backend.notices.announce import DONE, REPLACED
from backend.notices.outcomes import COUNTERS
from backend.notices.services_known import stopped
from backend.notices.subscriptions import is_staff
from backend.notices.tables import follows, lanes, notices, push_services, subscriptions

NEWEST = 200


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
    def dealt_with(self) -> int:
        return self.delivered + self.gone + self.later + self.refused


@dataclass(frozen=True)
class ServiceLine:
    """A push service; `rest_until`: 0 where it does not rest; `stopped`, `reason`: None where it was not."""

    origin: str
    subscriptions: int
    rest_until: int
    stopped: int | None
    reason: str | None


def progress(connection: Connection, editions: Sequence[int] | None = None) -> list[Progress]:
    """The newest notices first; of these editions alone, where they are given. Reminders of the staff are none."""
    sums = [func.coalesce(func.sum(lanes.c[name]), 0).label(name) for name in COUNTERS]
    columns = [notices.c[name] for name in ("id", "contact", "edition", "created", "total", "state")]
    query = (
        select(*columns, *sums)
        .outerjoin(lanes, lanes.c.notice == notices.c.id)
        .where(~is_staff(notices.c.contact))
        .group_by(*columns)
        .order_by(notices.c.created.desc(), notices.c.id)
        .limit(NEWEST)
    )
    if editions is not None:
        query = query.where(notices.c.edition.in_(editions))
    held = _held(connection)
    rows = connection.execute(query).mappings().all()
    return [Progress(**{**row, "later": row["later"] + held.get(row["id"], 0)}) for row in rows]


def _held(connection: Connection) -> dict[str, int]:
    """Followers of each notice that no message has left for, because their push service was stopped: they wait too."""
    query = (
        select(lanes.c.notice, func.count())
        .join(notices, notices.c.id == lanes.c.notice)
        .join(follows, (follows.c.contact == notices.c.contact) & (follows.c.origin == lanes.c.origin))
        .where(~lanes.c.done, lanes.c.origin.in_(stopped()))
        .where(follows.c.subscription > lanes.c.cursor, follows.c.subscription <= lanes.c.last)
        .group_by(lanes.c.notice)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


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
    row = connection.execute(select(*(func.coalesce(func.sum(lanes.c[name]), 0) for name in COUNTERS))).one()
    counted = dict(zip(COUNTERS, (int(number) for number in row), strict=True))
    return {**counted, "later": counted["later"] + sum(_held(connection).values())}

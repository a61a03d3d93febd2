"""What delivery writes down: lanes, how far they are, and what came of each message.

Short transactions, each true by itself: whatever is killed, what was acknowledged is counted once and nothing is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update
from sqlalchemy import Row as Found

from backend.notices.announce import DONE, SENDING, WAITING
from backend.notices.outcomes import COUNTERS
from backend.notices.services_known import unavailable
from backend.notices.tables import follows, lanes, notices, retries, subscriptions

# A lane is a stretch of followers at one push service. Fewer, and two workers could not share; more gain nothing.
LANES_A_SERVICE = 8
SMALLEST_LANE = 500


@dataclass(frozen=True)
class Lane:
    notice: str
    number: int
    origin: str
    cursor: int
    last: int
    epoch: int


@dataclass(frozen=True)
class Notice:
    """What a sending needs of a notice."""

    id: str
    contact: str
    body: str
    urgency: str
    until: int
    state: str


@dataclass(frozen=True)
class Row:
    """A follower to send to."""

    subscription: int
    sealed: bytes
    vapid: str
    success_day: str
    attempts: int = 0


def load_notice(connection: Connection, id_: str) -> Notice | None:
    row = connection.execute(select(notices).where(notices.c.id == id_)).first()
    return Notice(row.id, row.contact, row.body, row.urgency, row.until, row.state) if row else None


def has_waiting(connection: Connection, moment: int) -> bool:
    query = select(notices.c.id).where(notices.c.state == WAITING, notices.c.not_before <= moment).limit(1)
    return connection.execute(query).first() is not None


def has_under_way(connection: Connection) -> bool:
    return connection.execute(select(notices.c.id).where(notices.c.state == SENDING).limit(1)).first() is not None


def has_finished(connection: Connection, moment: int) -> bool:
    """Whether `close_finished` would change something: looking costs no writer its turn."""
    over = (notices.c.state.in_((WAITING, SENDING))) & (notices.c.until <= moment)
    done = (notices.c.state == SENDING) & ~_is_busy()
    return connection.execute(select(notices.c.id).where(over | done).limit(1)).first() is not None


def _is_busy() -> ColumnElement[bool]:
    """Asked each second: one row is enough to know, whatever an outage has left to try again."""
    open_lane = select(lanes.c.notice).where(lanes.c.notice == notices.c.id, ~lanes.c.done)
    return open_lane.exists() | select(retries.c.notice).where(retries.c.notice == notices.c.id).exists()


def begin_waiting(connection: Connection, moment: int) -> None:
    """Cut the followers of each notice whose time has come into lanes."""
    query = select(notices.c.id, notices.c.contact).where(notices.c.state == WAITING, notices.c.not_before <= moment)
    for id_, contact in connection.execute(query).all():
        _cut(connection, id_, contact)
        connection.execute(update(notices).where(notices.c.id == id_).values(state=SENDING))


def _cut(connection: Connection, notice: str, contact: str) -> None:
    number, total = 0, 0
    for origin, count in _origins(connection, contact):
        usual, left = max(SMALLEST_LANE, -(-count // LANES_A_SERVICE)), count
        for first, last in _stretches(connection, contact, origin, usual):
            size = min(usual, left)
            values = {"notice": notice, "number": number, "origin": origin, "first": first, "last": last, "size": size}
            zeros = dict.fromkeys(("delivered", "gone", "later", "refused", "epoch"), 0)
            connection.execute(insert(lanes).values(**values, **zeros, cursor=first - 1, done=False))
            number, left = number + 1, left - size
        total += count
    connection.execute(update(notices).where(notices.c.id == notice).values(total=total))


def _origins(connection: Connection, contact: str) -> list[tuple[str, int]]:
    query = select(follows.c.origin, func.count()).where(follows.c.contact == contact).group_by(follows.c.origin)
    return [(row[0], row[1]) for row in connection.execute(query)]


def _stretches(connection: Connection, contact: str, origin: str, size: int) -> list[tuple[int, int]]:
    """Ranges of ids with `size` followers each: the boundaries are read in one pass over the index."""
    numbered = (
        select(
            follows.c.subscription,
            func.row_number().over(order_by=follows.c.subscription).label("rank"),
        )
        .where(follows.c.contact == contact, follows.c.origin == origin)
        .subquery()
    )
    firsts = list(
        connection.execute(
            select(numbered.c.subscription).where(numbered.c.rank % size == 1).order_by(numbered.c.subscription)
        ).scalars()
    )
    highest = select(func.max(follows.c.subscription)).where(follows.c.contact == contact, follows.c.origin == origin)
    ends = [*(first - 1 for first in firsts[1:]), connection.execute(highest).scalar_one()]
    return list(zip(firsts, ends, strict=True))


def open_lanes(connection: Connection, moment: int) -> list[Lane]:
    """Lanes that can go on now: their service neither rests nor is stopped."""
    query = select(lanes).where(~lanes.c.done, ~lanes.c.origin.in_(unavailable(moment)))
    return [_lane(row) for row in connection.execute(query)]


def load_lane(connection: Connection, notice: str, number: int) -> Lane | None:
    row = connection.execute(select(lanes).where(lanes.c.notice == notice, lanes.c.number == number)).first()
    return _lane(row) if row is not None and not row.done else None


def _lane(row: Found[Any]) -> Lane:
    return Lane(row.notice, row.number, row.origin, row.cursor, row.last, row.epoch)


SENT_TO = (subscriptions.c.id, subscriptions.c.sealed, subscriptions.c.vapid, subscriptions.c.success_day)


def next_rows(connection: Connection, notice: Notice, lane: Lane, count: int) -> list[Row]:
    """The followers after the cursor, by keyset."""
    query = (
        select(*SENT_TO)
        .join(follows, follows.c.subscription == subscriptions.c.id)
        .where(follows.c.contact == notice.contact, follows.c.origin == lane.origin)
        .where(follows.c.subscription > lane.cursor, follows.c.subscription <= lane.last)
        .order_by(follows.c.subscription)
        .limit(count)
    )
    return [Row(*row) for row in connection.execute(query)]


# Made once: they are carried out for every fifty messages, and making them would take longer.
_COUNT = (
    update(lanes)
    .where(lanes.c.notice == bindparam("of_notice"), lanes.c.number == bindparam("of_number"))
    .values({name: lanes.c[name] + bindparam(f"add_{name}") for name in COUNTERS})
)
# Never backwards: whoever slept, and was taken for dead, wakes up behind the one that carries on in its place.
_COUNT_AND_MOVE = _COUNT.where(~lanes.c.done, lanes.c.cursor < bindparam("to")).values(cursor=bindparam("to"))


def count(connection: Connection, notice: str, lane: int, added: dict[str, int], cursor: int | None) -> bool:
    """Add to the counters of a lane and move its cursor, in one statement. False where the lane is over, as a newer
    notice has taken its place, or another worker is further: nothing more is to be sent."""
    values = {f"add_{name}": added.get(name, 0) for name in COUNTERS}
    of = {"of_notice": notice, "of_number": lane}
    if cursor is None:
        return not added or connection.execute(_COUNT, values | of).rowcount == 1
    return connection.execute(_COUNT_AND_MOVE, values | of | {"to": cursor}).rowcount == 1


def end(connection: Connection, lane: Lane) -> None:
    query = update(lanes).where(lanes.c.notice == lane.notice, lanes.c.number == lane.number)
    connection.execute(query.values(cursor=lane.last, done=True))


def is_current(connection: Connection, notice: str) -> bool:
    """Whether no newer notice has taken its place; none does before the end of this transaction."""
    query = select(notices.c.id).where(notices.c.id == notice, notices.c.state == SENDING).with_for_update(read=True)
    return connection.execute(query).first() is not None


def pause(connection: Connection, lane: Lane) -> None:
    """Let the lane be taken up again later, as a new piece of work."""
    query = update(lanes).where(lanes.c.notice == lane.notice, lanes.c.number == lane.number)
    connection.execute(query.values(epoch=lanes.c.epoch + 1))


def delete_gone(connection: Connection, ids: Sequence[int]) -> None:
    if ids:
        connection.execute(delete(subscriptions).where(subscriptions.c.id.in_(ids)))


def mark_reached(connection: Connection, ids: Sequence[int], day: str) -> None:
    """The day of the last success, written once a day."""
    if ids:
        query = update(subscriptions).where(subscriptions.c.id.in_(ids), subscriptions.c.success_day != day)
        connection.execute(query.values(success_day=day))


def close_finished(connection: Connection, moment: int) -> None:
    """A notice is done when all its lanes are and nothing is left to try, or when it matters no more."""
    over = select(notices.c.id).where(notices.c.state == SENDING, notices.c.until <= moment)
    connection.execute(delete(retries).where(retries.c.notice.in_(over)))
    for row in connection.execute(select(lanes).where(lanes.c.notice.in_(over), ~lanes.c.done)).all():
        lane = _lane(row)
        left = _left_of(connection, lane)
        query = update(lanes).where(lanes.c.notice == lane.notice, lanes.c.number == lane.number)
        connection.execute(query.values(done=True, later=lanes.c.later + left))
    query = update(notices).where(notices.c.state == SENDING, ~_is_busy())
    connection.execute(query.values(state=DONE))
    late = update(notices).where(notices.c.state == WAITING, notices.c.until <= moment)
    connection.execute(late.values(state=DONE))


def _left_of(connection: Connection, lane: Lane) -> int:
    """How many followers the lane has not come to."""
    contact = select(notices.c.contact).where(notices.c.id == lane.notice).scalar_subquery()
    query = select(func.count()).where(
        follows.c.contact == contact,
        follows.c.origin == lane.origin,
        follows.c.subscription > lane.cursor,
        follows.c.subscription <= lane.last,
    )
    return connection.execute(query).scalar_one()


def forget_old(connection: Connection, before: int) -> None:
    """Notices told so long ago tell nobody anything."""
    old = select(notices.c.id).where(notices.c.created < before, notices.c.state.not_in((WAITING, SENDING)))
    connection.execute(delete(notices).where(notices.c.id.in_(old)))

"""One piece of delivery: some followers sent to, then written down. The engine and the tests call the same.

Each batch ends in one short transaction: killed before it, at most a batch is sent again, and `Topic` and the phone's
memory make that invisible; killed after it, nothing is.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import Connection, Engine

from backend import clock
from backend.notices import ledger
from backend.notices.addresses import origin_is_extra
from backend.notices.announce import SENDING
from backend.notices.ledger import Again, Notice, RetryRow, Row
from backend.notices.message import padded
from backend.notices.outcomes import Answer, Outcome, next_try
from backend.notices.sender import Message, Sender
from backend.notices.service_state import ServiceState
from backend.notices.vapid import Vapid
from backend.notices.vault import Vault
from backend.storage.engine import owning

BATCH = 50
BATCHES_A_STEP = 10


@dataclass
class Desk:
    """What sending needs; one a process."""

    engine: Engine
    vault: Vault
    vapid: Vapid
    extra: tuple[str, ...]
    public_url: str
    dice: Random = field(default_factory=Random)
    states: dict[str, ServiceState] = field(default_factory=dict)
    _local: threading.local = field(default_factory=threading.local)

    def writing(self) -> Engine:
        """For short transactions on rows that are this piece of work's own."""
        return owning(self.engine)

    def moment(self) -> int:
        return int(clock.now().timestamp())

    def state(self, origin: str) -> ServiceState:
        return self.states.setdefault(origin, ServiceState())

    def sender(self, origin: str) -> Sender:
        """One a thread and a kind of service: its connections stay open."""
        extra = origin_is_extra(origin, self.extra)
        senders: dict[bool, Sender] = self._local.__dict__.setdefault("senders", {})
        if extra not in senders:
            senders[extra] = Sender(extra)
        return senders[extra]


@dataclass
class Told:
    """What came of a batch; `taken` rows were sent to, from the first on."""

    taken: int
    by_outcome: dict[Outcome, list[Row]]


def advance(desk: Desk, notice_id: str, number: int) -> bool:
    """Bring a lane some batches further; whether there is more to do now."""
    return all(_advance_once(desk, notice_id, number) for _ in range(BATCHES_A_STEP))


def _advance_once(desk: Desk, notice_id: str, number: int) -> bool:
    with desk.engine.connect() as connection:
        notice = ledger.load_notice(connection, notice_id)
        lane = ledger.load_lane(connection, notice_id, number)
        if notice is None or lane is None or notice.state != SENDING or notice.until <= desk.moment():
            return False
        available = ledger.is_available(connection, lane.origin, desk.moment())
        rows = ledger.next_rows(connection, notice, lane, BATCH) if available else []
    told = _send(desk, notice, lane.origin, rows) if rows else None
    with desk.writing().begin() as connection:
        if told is not None:
            _write_down(connection, desk, notice, lane.origin, told, lambda _row: number, first=True)
        if told is not None and told.taken == len(rows) == BATCH:
            ledger.move(connection, lane, rows[-1].subscription)
            return rows[-1].subscription < lane.last
        if available and (told is None or told.taken == len(rows)):
            ledger.move(connection, lane, lane.last)
            return False
        if told is not None and told.taken:
            ledger.move(connection, lane, rows[told.taken - 1].subscription)
        ledger.pause(connection, lane)
    return False


def retry(desk: Desk, again: Again) -> bool:
    """Send once more to some of those who are due; whether there are more now."""
    moment = desk.moment()
    with desk.engine.connect() as connection:
        notice = ledger.load_notice(connection, again.notice)
        if notice is None or notice.state != SENDING or notice.until <= moment:
            return False
        if not ledger.is_available(connection, again.origin, moment):
            return False
        rows = ledger.rows_again(connection, again, moment, BATCH)
    if not rows:
        return False
    told = _send(desk, notice, again.origin, rows)
    lanes = {row.subscription: row.lane for row in rows}
    with desk.writing().begin() as connection:
        _write_down(connection, desk, notice, again.origin, told, lambda row: lanes[row.subscription], first=False)
    return told.taken == len(rows)


def _send(desk: Desk, notice: Notice, origin: str, rows: Sequence[Row | RetryRow]) -> Told:
    state, moment = desk.state(origin), desk.moment()
    state.rest_until, state.stopped = 0, None  # it was available a moment ago
    told = Told(0, {found: [] for found in Outcome})

    def heard(position: int, answer: Answer) -> None:
        told.by_outcome[state.hear(answer, desk.moment())].append(rows[position])

    messages = _messages(desk, notice, origin, rows, moment)
    told.taken = desk.sender(origin).send(messages, heard, lambda: state.width if state.may_go_on else 0)
    return told


def _messages(desk: Desk, notice: Notice, origin: str, rows: Sequence[Row], moment: int) -> Iterator[Message]:
    body, ttl = padded(notice.body), max(0, notice.until - moment)
    for row in rows:
        authorization = desk.vapid.header(origin, row.vapid, moment)
        yield Message(desk.vault.unseal(row.sealed), body, authorization, ttl, notice.urgency, notice.topic)


def _write_down(
    connection: Connection,
    desk: Desk,
    notice: Notice,
    origin: str,
    told: Told,
    lane_of: Callable[[Row], int],
    *,
    first: bool,
) -> None:
    """Counters, what to try again, who is gone, how the service fares."""
    state, moment = desk.state(origin), desk.moment()
    by = {found: list(rows) for found, rows in told.by_outcome.items()}
    if state.stopped is not None:
        # Our fault, and all of them wait until it is mended.
        by[Outcome.LATER] += by.pop(Outcome.REFUSED)
        by[Outcome.REFUSED] = []
    _count(connection, notice.id, by, lane_of, first)
    over = [row.subscription for found, rows in by.items() if found is not Outcome.LATER for row in rows]
    if not first:
        ledger.forget_again(connection, notice.id, over)
    begins = max(moment, state.rest_until)
    again = [
        (row.subscription, lane_of(row), next_try(row.attempts + 1, begins, desk.dice), row.attempts + 1)
        for row in by[Outcome.LATER]
    ]
    ledger.put_again(connection, notice.id, origin, again)
    ledger.delete_gone(connection, [row.subscription for row in by[Outcome.GONE]])
    reached = [row.subscription for row in by[Outcome.DELIVERED]]
    ledger.mark_reached(connection, reached, clock.paris_day(clock.now()).isoformat())
    _note(connection, origin, state)


def _count(
    connection: Connection,
    notice: str,
    by: dict[Outcome, list[Row]],
    lane_of: Callable[[Row], int],
    first: bool,
) -> None:
    added: dict[int, Counter[str]] = {}
    for found, rows in by.items():
        for row in rows:
            counter = added.setdefault(lane_of(row), Counter())
            if first:
                counter[found.value] += 1
            elif found is not Outcome.LATER:
                counter[found.value] += 1
                counter[Outcome.LATER.value] -= 1
    for number, counter in added.items():
        ledger.count(connection, notice, number, counter)


def _note(connection: Connection, origin: str, state: ServiceState) -> None:
    """Written when something is wrong, and once more when all is well again."""
    troubled = bool(state.refusals or state.faults or state.rest_until or state.stopped)
    if not troubled and not state.noted:
        return
    ledger.know(connection, origin)
    ledger.note_service(
        connection,
        origin,
        refusals=state.refusals,
        faults=state.faults,
        rest_until=state.rest_until,
        stopped=state.stopped,
        reason=state.reason,
    )
    state.noted = troubled

"""One piece of delivery: some followers sent to, then written down. The engine and the tests call the same.

Each batch ends in one short transaction: killed before it, at most a batch is sent again, and `Topic` and the phone's
memory make that invisible; killed after it, nothing is.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random

from sqlalchemy import Connection, Engine

from backend import clock
from backend.files import KeyMissingError
from backend.notices import ledger, retrying, services_known
from backend.notices.addresses import origin_is_extra
from backend.notices.announce import SENDING
from backend.notices.ledger import Lane, Notice, Row
from backend.notices.message import padded
from backend.notices.outcomes import Answer, Outcome, next_try
from backend.notices.refusals import doubt
from backend.notices.retrying import Again, RetryRow
from backend.notices.sender import Envelope, Message, Sender
from backend.notices.service_state import Refusal, ServiceState
from backend.notices.vapid import Vapid
from backend.notices.vault import SealBrokenError, Vault
from backend.storage.engine import owning

BATCH = 50
STEP = 500  # read at once
MOST_STATES = 256  # a stranger can invent hosts of a datacentre: past that, those that are well begin anew


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
        if origin not in self.states and len(self.states) >= MOST_STATES:
            known = list(self.states.items())  # at once: other threads put theirs in
            self.states = {name: state for name, state in known if state.refusals or state.unwritten}
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
    """What came of a batch; `taken` rows were sent to, from the first on; `heard`: when, of each that was answered."""

    taken: int
    by_outcome: dict[Outcome, list[Row]]
    heard: dict[int, int]


def advance(desk: Desk, notice_id: str, number: int) -> bool:
    """Bring a lane some batches further; whether there is more to do now."""
    with desk.engine.connect() as connection:
        notice = ledger.load_notice(connection, notice_id)
        lane = ledger.load_lane(connection, notice_id, number)
        if notice is None or lane is None or notice.state != SENDING or notice.until <= desk.moment():
            return False
        state = desk.state(lane.origin)
        learnt = state.learnt
        available = not services_known.is_among(connection, lane.origin, services_known.unavailable(desk.moment()))
        rows = ledger.next_rows(connection, notice, lane, STEP) if available else []
    if available:
        state.begin(learnt)
    batches = [rows[first : first + BATCH] for first in range(0, len(rows), BATCH)]
    goes_on = available and all(_advance_batch(desk, notice, lane, batch) for batch in batches)
    if goes_on and len(rows) == STEP:
        return True
    with desk.writing().begin() as connection:
        (ledger.end if goes_on else ledger.pause)(connection, lane)
    return False


def _advance_batch(desk: Desk, notice: Notice, lane: Lane, batch: list[Row]) -> bool:
    """Whether the lane can go on: all were sent to, and no newer notice has taken its place."""
    told = _send(desk, notice, lane.origin, batch, lambda state: state.may_go_on)
    cursor = batch[told.taken - 1].subscription if told.taken else None
    by = _settled(desk, lane.origin, told)
    with desk.writing().begin() as connection:
        counted = Counter({found.value: len(rows) for found, rows in by.items() if rows})
        current = ledger.count(connection, notice.id, lane.number, counted, cursor)
        if current:
            known = _write_down(connection, desk, notice, lane.origin, by, told.heard, lambda _row: lane.number)
    if current:
        desk.state(lane.origin).keep(known)
    return current and told.taken == len(batch)


def retry(desk: Desk, again: Again) -> bool:
    """Send once more to some of those who are due; whether there are more now."""
    moment = desk.moment()
    with desk.engine.connect() as connection:
        notice = ledger.load_notice(connection, again.notice)
        if notice is None or notice.state != SENDING or notice.until <= moment:
            return False
        state = desk.state(again.origin)
        learnt = state.learnt
        if services_known.is_among(connection, again.origin, services_known.closed_to_retries(moment)):
            return False
        rows = retrying.rows_again(connection, again, moment, BATCH)
    if not rows:
        return False
    state.begin(learnt)
    told = _send(desk, notice, again.origin, rows, lambda state: state.may_retry)
    lanes = {row.subscription: row.lane for row in rows}
    by = _settled(desk, again.origin, told)
    settled = [row.subscription for found, rows in by.items() if found is not Outcome.LATER for row in rows]
    with desk.writing().begin() as connection:
        if not ledger.is_current(connection, notice.id):
            return False
        _count_again(connection, notice.id, by, lanes)
        retrying.forget_again(connection, notice.id, settled)
        known = _write_down(connection, desk, notice, again.origin, by, told.heard, lambda row: lanes[row.subscription])
    state.keep(known)
    return told.taken == len(rows)


def _send(
    desk: Desk, notice: Notice, origin: str, rows: Sequence[Row | RetryRow], goes_on: Callable[[ServiceState], bool]
) -> Told:
    state, moment = desk.state(origin), desk.moment()
    told = Told(0, {found: [] for found in Outcome}, {})
    envelope = Envelope(
        padded(notice.body), max(0, notice.until - moment), notice.urgency, desk.vault.topic(notice.contact)
    )
    readable: list[Row] = []
    messages: list[Message] = []
    for row in rows:
        if (made := _message(desk, origin, row, envelope, moment)) is not None:
            readable.append(row)
            messages.append(made)

    def heard(position: int, answer: Answer) -> None:
        row, moment = readable[position], desk.moment()
        told.by_outcome[state.hear(answer, moment)].append(row)
        told.heard[row.subscription] = moment

    sent = desk.sender(origin).send(origin, messages, heard, lambda: state.width if goes_on(state) else 0)
    told.taken = len(rows) if sent == len(readable) else rows.index(readable[sent])
    if len(readable) < len(rows):
        told.by_outcome[Outcome.LATER] += [row for row in rows[: told.taken] if row not in readable]
    return told


def _message(desk: Desk, origin: str, row: Row, envelope: Envelope, moment: int) -> Message | None:
    """None where this machine lacks a key it needs (one made on another since): that stops nothing and loses nobody."""
    try:
        return Message(desk.vault.unseal(row.sealed), desk.vapid.header(origin, row.vapid, moment), envelope)
    except (KeyMissingError, SealBrokenError):
        return None


def _settled(desk: Desk, origin: str, told: Told) -> dict[Outcome, list[Row]]:
    """What came of each; once a service is stopped the fault is ours, and those it refused wait with the others."""
    if desk.state(origin).stopped is None:
        return told.by_outcome
    waiting = [*told.by_outcome[Outcome.LATER], *told.by_outcome[Outcome.REFUSED]]
    return {**told.by_outcome, Outcome.LATER: waiting, Outcome.REFUSED: []}


def _write_down(
    connection: Connection,
    desk: Desk,
    notice: Notice,
    origin: str,
    by: dict[Outcome, list[Row]],
    heard: dict[int, int],
    lane_of: Callable[[Row], int],
) -> int:
    """What to try again, who is gone, who was reached, how the service fares; returns how much of that is known."""
    state, now = desk.state(origin), desk.moment()
    begins = max(now, state.asked_until)
    again = []
    for row in by[Outcome.LATER]:
        # Counted from its own failure: one that hangs beside it keeps the batch for long.
        failed = max(heard.get(row.subscription, now), state.asked_until)
        due = next_try(row.attempts + 1, failed, desk.dice)
        again.append((row.subscription, lane_of(row), due, row.attempts + 1))
    retrying.put_again(connection, notice.id, origin, again)
    ledger.delete_gone(connection, [row.subscription for row in by[Outcome.GONE]])
    refused = [_refusal(notice, row, lane_of(row)) for row in by[Outcome.REFUSED]]
    doubt(connection, origin, state, refused, begins)
    today = clock.paris_day(clock.now()).isoformat()
    reached = [row.subscription for row in by[Outcome.DELIVERED] if row.success_day != today]
    ledger.mark_reached(connection, reached, today)
    return services_known.note(connection, origin, state)


def _refusal(notice: Notice, row: Row, lane: int) -> Refusal:
    return Refusal(notice.id, lane, row.subscription, row.attempts + 1)


def _count_again(connection: Connection, notice: str, by: dict[Outcome, list[Row]], lanes: dict[int, int]) -> None:
    """Those who are settled are no longer `later`."""
    added: dict[int, Counter[str]] = {}
    for found, rows in by.items():
        for row in rows:
            if found is not Outcome.LATER:
                counter = added.setdefault(lanes[row.subscription], Counter())
                counter[found.value] += 1
                counter[Outcome.LATER.value] -= 1
    for number, counter in added.items():
        ledger.count(connection, notice, number, counter, None)

"""The echo: a token sent through the push service, which only the browser itself can bring back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, select, update

from backend.files import KeyMissingError
from backend.notices.lane import BATCH, Desk
from backend.notices.message import activation_text, padded
from backend.notices.outcomes import Answer, Outcome, next_echo, outcome
from backend.notices.pending import PENDING_SECONDS, wait_for_echo
from backend.notices.sender import Envelope, Message
from backend.notices.services_known import closed_to_retries, is_among, note
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import SealBrokenError

_COLUMNS = pending_subscriptions.c
TOPIC = "bienvenue"
AT_ONCE = 3 * BATCH
_HOLD = (
    update(pending_subscriptions).where(_COLUMNS.token_hash == bindparam("of_token")).values(in_hand=bindparam("held"))
)
# So many end before, even where the push service is dead: what is still there after was held by a worker that died.
IN_HAND_SECONDS = 60
SOON_SECONDS = 15  # after it was asked for, an echo is sent for the first time


def has_unsent(connection: Connection, moment: int) -> bool:
    """Whether `take_unsent` would take something: looking costs no writer its turn."""
    return connection.execute(select(_COLUMNS.id).where(_to_send(moment)).limit(1)).first() is not None


def take_unsent(connection: Connection, moment: int) -> dict[str, list[str]]:
    """Take in hand, so that no other worker does, the questions whose token has not left, and may: the digests of the
    tokens (an id may come again, a token never), by push service."""
    oldest = select(_COLUMNS.id).where(_to_send(moment)).order_by(_COLUMNS.id).limit(AT_ONCE)
    # The condition again: where another took them meanwhile, PostgreSQL asks only what stands outside.
    mine = update(pending_subscriptions).where(_COLUMNS.id.in_(oldest), _to_send(moment)).values(in_hand=moment)
    taken: dict[str, list[str]] = {}
    for row in connection.execute(mine.returning(_COLUMNS.token_hash, _COLUMNS.origin)):
        taken.setdefault(row.origin, []).append(row.token_hash.hex())
    return taken


def _to_send(moment: int) -> ColumnElement[bool]:
    free = _COLUMNS.in_hand <= moment - IN_HAND_SECONDS
    return ~_COLUMNS.sent & free & ~_COLUMNS.origin.in_(closed_to_retries(moment))


def send_activations(desk: Desk, origin: str, digests: Sequence[str], taken: int) -> None:
    """Send those of one push service that have not left, once each; who was `taken` again since is another's. A browser
    that is gone is forgotten; what the service does not take now is taken in hand again later."""
    state = desk.state(origin)
    learnt = state.learnt
    with desk.engine.connect() as connection:
        closed = is_among(connection, origin, closed_to_retries(desk.moment()))
    if closed:  # since they were taken
        with desk.writing().begin() as connection:
            wait_for_echo(connection, list(map(bytes.fromhex, digests)), taken)
        return
    state.begin(learnt)
    for first in range(0, len(digests), BATCH):
        batch = [bytes.fromhex(digest) for digest in digests[first : first + BATCH]]
        _advance(desk, origin, _COLUMNS.token_hash.in_(batch) & ~_COLUMNS.sent & (_COLUMNS.in_hand == taken))


def _advance(desk: Desk, origin: str, mine: ColumnElement[bool]) -> None:
    with desk.engine.connect() as connection:
        rows = connection.execute(select(pending_subscriptions).where(mine).order_by(_COLUMNS.id)).all()
    if not rows:
        return
    found = _send(desk, origin, rows)
    with desk.writing().begin() as connection:
        known = _write_down(connection, desk, origin, found)
    desk.state(origin).keep(known)


@dataclass(frozen=True)
class _Heard:
    """What came of one echo; `moment`: when."""

    token_hash: bytes
    created: int
    moment: int


def _send(desk: Desk, origin: str, rows: Sequence[Any]) -> dict[Outcome, list[_Heard]]:
    """Those not sent, as the service rests or is stopped by now, are for later; of those that this machine cannot read,
    nothing is said."""
    state = desk.state(origin)
    found: dict[Outcome, list[_Heard]] = {kind: [] for kind in Outcome}
    readable = [(row, message) for row in rows if (message := _message(desk, row)) is not None]

    def heard(position: int, answer: Answer) -> None:
        row, moment = readable[position][0], desk.moment()
        # Refused again, it is still one: a single bad address must not look like a service that refuses us.
        again = outcome(answer) is Outcome.REFUSED and moment - row.created >= SOON_SECONDS
        kind = Outcome.REFUSED if again else state.hear(answer, moment, echo=True)
        found[kind].append(_Heard(row.token_hash, row.created, moment))

    messages = [message for _, message in readable]
    # Where the network fails, those who wait for an answer are not kept waiting for the whole of the batch.
    taken = desk.sender(origin).send(origin, messages, heard, lambda: state.width if state.may_go_on else 0)
    moment = desk.moment()
    found[Outcome.LATER] += [_Heard(row.token_hash, row.created, moment) for row, _ in readable[taken:]]
    return found


def _write_down(connection: Connection, desk: Desk, origin: str, found: dict[Outcome, list[_Heard]]) -> int:
    """Who is gone, what has left, what to try again and when, how the service fares; returns how much of that is
    known."""
    state, table = desk.state(origin), pending_subscriptions
    digests = {kind: [heard.token_hash for heard in those] for kind, those in found.items()}
    connection.execute(delete(table).where(_COLUMNS.token_hash.in_(digests[Outcome.GONE])))
    connection.execute(update(table).where(_COLUMNS.token_hash.in_(digests[Outcome.DELIVERED])).values(sent=True))
    # One that is refused is tried again too, while its question waits: the fault may be ours, and mended by then.
    _try_again(connection, [*found[Outcome.LATER], *found[Outcome.REFUSED]], state.asked_until, desk.dice)
    if state.stopped is not None:  # by notices, meanwhile: they leave as soon as it is resumed
        wait_for_echo(connection, [*digests[Outcome.REFUSED], *digests[Outcome.LATER]])
    return note(connection, origin, state)


def _try_again(connection: Connection, those: Sequence[_Heard], asked_until: int, dice: Random) -> None:
    """Free again when each is due: `in_hand` says so to every worker, and nothing else needs remembering."""
    if those:
        values = [
            {
                "of_token": heard.token_hash,
                "held": next_echo(heard.created, heard.moment, asked_until, dice) - IN_HAND_SECONDS,
            }
            for heard in those
        ]
        connection.execute(_HOLD, values)


def _message(desk: Desk, row: Any) -> Message | None:
    """None where this machine lacks a key it needs: another may have it, and the others of the batch leave."""
    moment = desk.moment()
    try:
        subscription, token = desk.vault.unseal(row.sealed), desk.vault.unseal_token(row.token_sealed)
        authorization = desk.vapid.header(row.origin, row.vapid, moment)
    except (KeyMissingError, SealBrokenError):
        return None
    ttl = max(0, row.created + PENDING_SECONDS - moment)
    envelope = Envelope(padded(activation_text(desk.public_url, token)), ttl, "high", TOPIC)
    return Message(subscription, authorization, envelope)

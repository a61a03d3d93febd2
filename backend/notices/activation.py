"""The echo: a token sent through the push service, which only the browser itself can bring back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, select, update

from backend.files import KeyMissingError
from backend.notices.lane import BATCH, Desk
from backend.notices.message import activation_text, padded
from backend.notices.outcomes import Outcome, outcome
from backend.notices.pending import PENDING_SECONDS
from backend.notices.sender import Message
from backend.notices.services_known import closed_to_retries
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import SealBrokenError

_COLUMNS = pending_subscriptions.c
TOPIC = "bienvenue"
AT_ONCE = 3 * BATCH
# So many end before, even where the push service is dead (a batch then takes `sender.WHOLE_SECONDS`): what is still
# there was not sent, or the service asked to be tried again.
IN_HAND_SECONDS = 60


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
    for first in range(0, len(digests), BATCH):
        batch = [bytes.fromhex(digest) for digest in digests[first : first + BATCH]]
        _send(desk, origin, _COLUMNS.token_hash.in_(batch) & ~_COLUMNS.sent & (_COLUMNS.in_hand == taken))


def _send(desk: Desk, origin: str, mine: ColumnElement[bool]) -> None:
    table = pending_subscriptions
    with desk.engine.connect() as connection:
        rows = connection.execute(select(table).where(mine).order_by(table.c.id)).all()
    found: dict[Outcome, list[bytes]] = {kind: [] for kind in Outcome}
    readable = [(row.token_hash, message) for row in rows if (message := _message(desk, row)) is not None]
    desk.sender(origin).send(
        origin,
        [message for _, message in readable],
        lambda position, answer: found[outcome(answer)].append(readable[position][0]),
        lambda: BATCH,
    )
    gone = found.pop(Outcome.GONE)
    sent = [*found[Outcome.DELIVERED], *found[Outcome.REFUSED]]
    with desk.writing().begin() as connection:
        connection.execute(delete(table).where(table.c.token_hash.in_(gone)))
        connection.execute(update(table).where(table.c.token_hash.in_(sent)).values(sent=True))


def _message(desk: Desk, row: Any) -> Message | None:
    """None where this machine lacks a key it needs: another may have it, and the others of the batch leave."""
    moment = desk.moment()
    try:
        subscription, token = desk.vault.unseal(row.sealed), desk.vault.unseal_token(row.token_sealed)
        authorization = desk.vapid.header(row.origin, row.vapid, moment)
    except (KeyMissingError, SealBrokenError):
        return None
    ttl = max(0, row.created + PENDING_SECONDS - moment)
    return Message(subscription, padded(activation_text(desk.public_url, token)), authorization, ttl, "high", TOPIC)

"""The echo: a token sent through the push service, which only the browser itself can bring back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, delete, select, update

from backend.files import KeyMissingError
from backend.notices.lane import BATCH, Desk
from backend.notices.message import activation_text, padded
from backend.notices.outcomes import Outcome, outcome
from backend.notices.pending import PENDING_SECONDS
from backend.notices.sender import Message
from backend.notices.services_known import stopped
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import SealBrokenError

TOPIC = "bienvenue"
AT_ONCE = 500


def unsent(connection: Connection) -> list[tuple[str, str]]:
    """(digest of the token, origin) of the questions whose token has not left, and may: an id may come again, a token
    never."""
    table = pending_subscriptions
    to_send = ~table.c.sent & ~table.c.origin.in_(stopped())
    query = select(table.c.token_hash, table.c.origin).where(to_send).order_by(table.c.id).limit(AT_ONCE)
    return [(row.token_hash.hex(), row.origin) for row in connection.execute(query)]


def send_activations(desk: Desk, origin: str, digests: Sequence[str]) -> None:
    """Send those of one push service that have not left, once each. A browser that is gone is forgotten; one that heard
    nothing asks again."""
    for first in range(0, len(digests), BATCH):
        _send(desk, origin, [bytes.fromhex(digest) for digest in digests[first : first + BATCH]])


def _send(desk: Desk, origin: str, digests: list[bytes]) -> None:
    table = pending_subscriptions
    with desk.engine.connect() as connection:
        mine = select(table).where(table.c.token_hash.in_(digests), ~table.c.sent).order_by(table.c.id)
        rows = connection.execute(mine).all()
    found: dict[Outcome, list[bytes]] = {kind: [] for kind in Outcome}
    readable = [(row.token_hash, message) for row in rows if (message := _message(desk, row)) is not None]
    desk.sender(origin).send(
        [message for _, message in readable],
        lambda position, answer: found[outcome(answer)].append(readable[position][0]),
        lambda: BATCH,
    )
    gone = found.pop(Outcome.GONE)
    sent = [digest for group in found.values() for digest in group]
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

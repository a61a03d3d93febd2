"""Questions that wait for their echo.

A token travels through the push service to the browser, and only who brings it back becomes a subscriber: an endpoint
learnt elsewhere, or made up, gives nothing. Nothing is written down of who asked.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, union_all, update

from backend.notices.subscriptions import TOKEN_BYTES, put
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import Subscription, Vault, token_hash

PENDING_SECONDS = 600
# Past so many, the oldest question gives way: under a flood, a browser that answers within seconds still gets through.
MOST_PENDING = 2_000


@dataclass(frozen=True)
class Asked:
    """What a browser asks for, checked."""

    subscription: Subscription
    origin: str
    vapid: str  # id of the push key it was made with
    contacts: tuple[str, ...]


# Built once: these run a hundred times a second.
_COLUMNS = pending_subscriptions.c
_IDS = select(_COLUMNS.id)
# Too old, of the same browser, or the oldest where there are too many.
_GIVING_WAY = union_all(
    _IDS.where(_COLUMNS.created < bindparam("oldest")),
    _IDS.where(_COLUMNS.endpoint_hash == bindparam("asking")),
    select(_IDS.order_by(_COLUMNS.id.desc()).offset(MOST_PENDING - 1).subquery().c.id),
)
_GIVE_WAY = delete(pending_subscriptions).where(_COLUMNS.id.in_(_GIVING_WAY))
_ASK = insert(pending_subscriptions)
_OF_TOKEN = select(pending_subscriptions).where(_COLUMNS.token_hash == bindparam("token"))
_ANSWERED = delete(pending_subscriptions).where(_COLUMNS.id == bindparam("answered"))


def ask(connection: Connection, vault: Vault, asked: Asked, moment: datetime) -> None:
    """Keep the question until the echo; the delivery worker sends the token. An earlier one of that browser goes."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    endpoint_hash = vault.endpoint_hash(asked.subscription.endpoint)
    connection.execute(_GIVE_WAY, {"oldest": _oldest(moment), "asking": endpoint_hash})
    row = {
        "origin": asked.origin,
        "endpoint_hash": endpoint_hash,
        "sealed": vault.seal(asked.subscription),
        "vapid": asked.vapid,
        "contacts": json.dumps(asked.contacts),
        "token_hash": token_hash(token),
        "token_sealed": vault.seal_token(token),
        "created": int(moment.timestamp()),
        "sent": False,
    }
    connection.execute(_ASK, row)


def is_waiting(connection: Connection, token: str) -> bool:
    """Whether `activate` is worth a transaction that writes: guesses must not hold up who publishes."""
    return connection.execute(_OF_TOKEN, {"token": token_hash(token)}).first() is not None


def activate(connection: Connection, token: str, moment: datetime) -> str | None:
    """The secret of the subscription that the token makes active; None where it is unknown, used or too old."""
    row = connection.execute(_OF_TOKEN, {"token": token_hash(token)}).mappings().first()
    if row is None or row["created"] < _oldest(moment):
        return None
    connection.execute(_ANSWERED, {"answered": row["id"]})
    made_with = {name: row[name] for name in ("origin", "endpoint_hash", "sealed", "vapid")}
    return put(connection, made_with, json.loads(row["contacts"]), moment)


def wait_for_echo(connection: Connection, tokens: Sequence[bytes], taken: int | None = None) -> None:
    """Have these leave as soon as their push service is sent to again, though it has refused them; `taken`: those alone
    that have not left, and that no other worker has taken in hand since."""
    query = update(pending_subscriptions).where(_COLUMNS.token_hash.in_(tokens))
    if taken is not None:
        query = query.where(~_COLUMNS.sent, _COLUMNS.in_hand == taken)
    if tokens:
        connection.execute(query.values(sent=False, in_hand=0))


def forget_unanswered(connection: Connection, moment: datetime) -> None:
    """Questions older than ten minutes."""
    connection.execute(delete(pending_subscriptions).where(_COLUMNS.created < _oldest(moment)))


def _oldest(moment: datetime) -> int:
    return int(moment.timestamp()) - PENDING_SECONDS

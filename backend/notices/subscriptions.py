"""Subscriptions: asked for, proven by an echo, changed, stopped, forgotten.

A token travels through the push service to the browser, and only who brings it back becomes a subscriber: an endpoint
learnt elsewhere, or made up, gives nothing. Nothing is written down of who asked.
"""

from __future__ import annotations

import hmac
import json
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, delete, insert, select, update

from backend.clock import paris_day
from backend.notices.tables import follows, pending_subscriptions, subscriptions
from backend.notices.vault import Subscription, Vault, token_hash

PENDING_SECONDS = 600
# Past so many, the oldest question gives way: under a flood, a browser that answers within seconds still gets through.
MOST_PENDING = 2_000
LIFE = timedelta(days=90)
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Asked:
    """What a browser asks for, checked."""

    subscription: Subscription
    origin: str
    vapid: str  # id of the push key it was made with
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Known:
    """A subscription whose secret was shown."""

    id: int
    origin: str
    contacts: tuple[str, ...]


def ask(connection: Connection, vault: Vault, asked: Asked, moment: datetime) -> None:
    """Keep the question until the echo; the delivery worker sends the token. An earlier one of that browser goes."""
    table, token = pending_subscriptions, secrets.token_urlsafe(TOKEN_BYTES)
    endpoint_hash = vault.endpoint_hash(asked.subscription.endpoint)
    forget_unanswered(connection, moment)
    connection.execute(delete(table).where(table.c.endpoint_hash == endpoint_hash))
    newest = select(table.c.id).order_by(table.c.id.desc()).offset(MOST_PENDING - 1).limit(1)
    connection.execute(delete(table).where(table.c.id <= newest.scalar_subquery()))
    connection.execute(
        insert(table).values(
            origin=asked.origin,
            endpoint_hash=endpoint_hash,
            sealed=vault.seal(asked.subscription),
            vapid=asked.vapid,
            contacts=json.dumps(asked.contacts),
            token_hash=token_hash(token),
            token_sealed=vault.seal_token(token),
            created=int(moment.timestamp()),
            sent=False,
        )
    )


def is_waiting(connection: Connection, token: str) -> bool:
    """Whether `activate` is worth a transaction that writes: guesses must not hold up who publishes."""
    return connection.execute(_pending(token)).first() is not None


def activate(connection: Connection, token: str, moment: datetime) -> str | None:
    """The secret of the subscription that the token makes active; None where it is unknown, used or too old.

    A browser that subscribes again keeps its row, with what it asks for now: the sendings under way still find it.
    """
    forget_unanswered(connection, moment)
    row = connection.execute(_pending(token)).mappings().first()
    if row is None:
        return None
    connection.execute(delete(pending_subscriptions).where(pending_subscriptions.c.id == row["id"]))
    secret = secrets.token_urlsafe(TOKEN_BYTES)
    today = paris_day(moment).isoformat()
    values = {name: row[name] for name in ("origin", "endpoint_hash", "sealed", "vapid")}
    values |= {"secret_hash": token_hash(secret), "created_day": today, "success_day": today}
    follow(connection, _put(connection, values), row["origin"], json.loads(row["contacts"]))
    return secret


def _pending(token: str) -> Select[Any]:
    return select(pending_subscriptions).where(pending_subscriptions.c.token_hash == token_hash(token))


def _put(connection: Connection, values: dict[str, object]) -> int:
    same = subscriptions.c.endpoint_hash == values["endpoint_hash"]
    known = connection.execute(select(subscriptions.c.id).where(same)).scalar()
    if known is not None:
        connection.execute(update(subscriptions).where(same).values(values))
        return int(known)
    added = insert(subscriptions).values(values).returning(subscriptions.c.id)
    return int(connection.execute(added).scalar_one())


def find(connection: Connection, vault: Vault, endpoint: str, secret: str) -> Known | None:
    """The subscription of that endpoint, if the secret is its own. Knowing one of the two is knowing nothing."""
    table = subscriptions
    row = connection.execute(
        select(table.c.id, table.c.origin, table.c.secret_hash).where(
            table.c.endpoint_hash == vault.endpoint_hash(endpoint)
        )
    ).first()
    if row is None or not hmac.compare_digest(row.secret_hash, token_hash(secret)):
        return None
    contacts = connection.execute(select(follows.c.contact).where(follows.c.subscription == row.id)).scalars()
    return Known(row.id, row.origin, tuple(contacts))


def follow(connection: Connection, subscription: int, origin: str, contacts: Collection[str]) -> None:
    """These contacts and no other. It is no sign of life: the day of a visit is nobody's business."""
    connection.execute(delete(follows).where(follows.c.subscription == subscription))
    rows = [{"contact": id_, "origin": origin, "subscription": subscription} for id_ in contacts]
    connection.execute(insert(follows), rows)


def stop(connection: Connection, subscription: int) -> None:
    """Nothing of it remains, nor what was still to be sent to it."""
    connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription))


def forget_unanswered(connection: Connection, moment: datetime) -> None:
    """Questions older than ten minutes."""
    oldest = int(moment.timestamp()) - PENDING_SECONDS
    connection.execute(delete(pending_subscriptions).where(pending_subscriptions.c.created < oldest))


def expire(connection: Connection, day: date) -> int:
    """Delete what no message has reached for ninety days before `day`; how many there were."""
    before = (day - LIFE).isoformat()
    return connection.execute(delete(subscriptions).where(subscriptions.c.success_day < before)).rowcount


def forget_made_with(connection: Connection, key_id: str | None) -> int:
    """Delete what was made with that push key (None: with any), questions included; how many subscriptions."""
    for table in (pending_subscriptions, subscriptions):
        query = delete(table) if key_id is None else delete(table).where(table.c.vapid == key_id)
        count = connection.execute(query).rowcount
    return count

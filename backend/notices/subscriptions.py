"""Subscriptions: made active, changed with their secret, stopped, forgotten."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from backend.clock import paris_day
from backend.notices.tables import STAFF, follows, pending_subscriptions, subscriptions
from backend.notices.vault import Vault, token_hash

LIFE = timedelta(days=90)
TOKEN_BYTES = 32


@dataclass(frozen=True)
class Known:
    """A subscription whose secret was shown."""

    id: int
    origin: str
    contacts: tuple[str, ...]


# Built once: these run a hundred times a second.
_OF_ENDPOINT = select(subscriptions.c.id, subscriptions.c.origin, subscriptions.c.secret_hash).where(
    subscriptions.c.endpoint_hash == bindparam("endpoint")
)
_ADD = insert(subscriptions).returning(subscriptions.c.id)
_UNFOLLOW = delete(follows).where(follows.c.subscription == bindparam("of"))
_FOLLOW = insert(follows)


def put(connection: Connection, made_with: Mapping[str, Any], contacts: Collection[str], moment: datetime) -> str:
    """Make active what the echo has proven; returns its secret. `made_with`: the columns of the question it was.

    A browser that subscribes again keeps its row, with what it asks for now: sendings under way still find it.
    """
    secret, today = secrets.token_urlsafe(TOKEN_BYTES), paris_day(moment).isoformat()
    values = {**made_with, "secret_hash": token_hash(secret), "created_day": today, "success_day": today}
    known = connection.execute(_OF_ENDPOINT, {"endpoint": made_with["endpoint_hash"]}).first()
    if known is None:
        id_ = connection.execute(_ADD, values).scalar_one()
    else:
        id_ = known.id
        connection.execute(update(subscriptions).where(subscriptions.c.id == id_).values(values))
    follow(connection, id_, made_with["origin"], contacts)
    return secret


def find(connection: Connection, vault: Vault, endpoint: str, secret: str) -> Known | None:
    """The subscription of that endpoint, if the secret is its own. Knowing one of the two is knowing nothing."""
    row = connection.execute(_OF_ENDPOINT, {"endpoint": vault.endpoint_hash(endpoint)}).first()
    if row is None or not hmac.compare_digest(row.secret_hash, token_hash(secret)):
        return None
    contacts = connection.execute(select(follows.c.contact).where(follows.c.subscription == row.id)).scalars()
    return Known(row.id, row.origin, tuple(contacts))


def follow(connection: Connection, subscription: int, origin: str, contacts: Collection[str]) -> None:
    """These contacts and no other. It is no sign of life: the day of a visit is nobody's business."""
    connection.execute(_UNFOLLOW, {"of": subscription})
    connection.execute(_FOLLOW, [{"contact": id_, "origin": origin, "subscription": subscription} for id_ in contacts])


def stop(connection: Connection, subscription: int) -> None:
    """Nothing of it remains, nor what was still to be sent to it."""
    connection.execute(delete(subscriptions).where(subscriptions.c.id == subscription))


def expire(connection: Connection, day: date) -> int:
    """Delete what no message has reached for ninety days before `day`; how many there were.

    Phones of the staff stay: where all is confirmed for half a year, nothing is sent to them for as long.
    """
    before = (day - LIFE).isoformat()
    staff = select(follows.c.subscription).where(is_staff(follows.c.contact))
    old = (subscriptions.c.success_day < before) & subscriptions.c.id.not_in(staff)
    return connection.execute(delete(subscriptions).where(old)).rowcount


def is_staff(contact: ColumnElement[str]) -> ColumnElement[bool]:
    """Of what is followed or told of: somebody of the staff, and no contact."""
    return contact.startswith(STAFF)


def forget_made_with(connection: Connection, key_id: str | None) -> int:
    """Delete what was made with that push key (None: with any), questions included; how many subscriptions."""
    for table in (pending_subscriptions, subscriptions):
        query = delete(table) if key_id is None else delete(table).where(table.c.vapid == key_id)
        count = connection.execute(query).rowcount
    return count

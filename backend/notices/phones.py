"""Phones of the staff that want reminders: like any subscription to whoever sends, apart from readers' everywhere else.

Whoever works here may be a reader too. Nothing stored tells that both are one browser: it is sealed once for each, and
found by another hash. No echo proves them, their session does; their secret is thrown away, so that the addresses of
readers neither change nor stop them.
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Select, delete, func, select

from backend.notices.announce import stop_under_way
from backend.notices.pending import Asked
from backend.notices.subscriptions import is_staff, put
from backend.notices.tables import STAFF, follows, subscriptions
from backend.notices.vault import Vault

MOST_PHONES = 5  # of one person: past that the oldest gives way


def followed_by(person: str) -> str:
    """What the phones of that person follow."""
    return f"{STAFF}{person}"


def add_phone(connection: Connection, vault: Vault, person: str, asked: Asked, moment: datetime) -> None:
    """From now on that browser is reminded; one that already was is not twice."""
    made_with = {
        "origin": asked.origin,
        "endpoint_hash": _hash(vault, person, asked.subscription.endpoint),
        "sealed": vault.seal(asked.subscription),
        "vapid": asked.vapid,
    }
    put(connection, made_with, [followed_by(person)], moment)
    older = _of(person).order_by(follows.c.subscription.desc()).offset(MOST_PHONES)
    connection.execute(delete(subscriptions).where(subscriptions.c.id.in_(list(connection.execute(older).scalars()))))


def remove_phone(connection: Connection, vault: Vault, person: str, endpoint: str) -> bool:
    """Whether there was one to remove."""
    return connection.execute(delete(subscriptions).where(_is(vault, person, endpoint))).rowcount > 0


def has_phone(connection: Connection, vault: Vault, person: str, endpoint: str) -> bool:
    return connection.execute(select(subscriptions.c.id).where(_is(vault, person, endpoint))).first() is not None


def forget_phones(connection: Connection, person: str) -> None:
    """Nothing remains of them on our side, nor what was still to be sent to them."""
    stop_under_way(connection, followed_by(person))
    connection.execute(delete(subscriptions).where(subscriptions.c.id.in_(_of(person))))


def who_wants_reminders(connection: Connection) -> set[str]:
    """Ids of people."""
    query = select(follows.c.contact).where(is_staff(follows.c.contact)).distinct()
    return {contact.removeprefix(STAFF) for contact in connection.execute(query).scalars()}


def phones_by_service(connection: Connection) -> Counter[str]:
    """How many there are at each push service."""
    query = select(follows.c.origin, func.count()).where(is_staff(follows.c.contact)).group_by(follows.c.origin)
    return Counter({row[0]: row[1] for row in connection.execute(query)})


def _of(person: str) -> Select[tuple[int]]:
    return select(follows.c.subscription).where(follows.c.contact == followed_by(person))


def _is(vault: Vault, person: str, endpoint: str) -> ColumnElement[bool]:
    return subscriptions.c.endpoint_hash == _hash(vault, person, endpoint)


def _hash(vault: Vault, person: str, endpoint: str) -> bytes:
    # No endpoint holds a space: no reader's hash is ever the same.
    return vault.endpoint_hash(f"{followed_by(person)} {endpoint}")

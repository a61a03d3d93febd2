"""Sessions of our own: an id of 256 bits that only we give, stored hashed, changed at every sign-in."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, or_, select, update

from backend.staff.people import load_person
from backend.staff.policy import Person
from backend.staff.tables import challenges, invitations, staff_sessions
from backend.staff.tokens import digest, new_token

IDLE = 30 * 60  # seconds
LONGEST = 8 * 3600
FRESH = 5 * 60  # how long a passkey counts as just shown
SEEN_EVERY = 60  # a page read does not write to the database each time


@dataclass(frozen=True)
class Session:
    """Moments are epoch seconds; `reference` names it in lists and opens nothing."""

    reference: str
    person: Person
    created: int
    seen: int
    confirmed: int
    passkey: int

    def fresh(self, moment: datetime) -> bool:
        """Whether a passkey proved less than five minutes ago that it is still the same person."""
        return 0 <= int(moment.timestamp()) - self.confirmed < FRESH


def start_session(connection: Connection, person_id: str, passkey: int, moment: datetime) -> str:
    """What the cookie will hold. The caller has just checked a passkey of that person."""
    token, now = new_token(), int(moment.timestamp())
    connection.execute(delete(staff_sessions).where(_over(now)))
    connection.execute(
        insert(staff_sessions).values(
            digest=digest(token),
            reference=secrets.token_hex(8),
            person=person_id,
            created=now,
            seen=now,
            confirmed=now,
            passkey=passkey,
        )
    )
    return token


def find_session(connection: Connection, token: str, moment: datetime) -> Session | None:
    """The session of that cookie, unless it is over, revoked, or its person has left."""
    now = int(moment.timestamp())
    row = connection.execute(
        select(staff_sessions).where(staff_sessions.c.digest == digest(token), ~_over(now))
    ).first()
    person = load_person(connection, row.person) if row else None
    return _session(row, person) if row and person else None


def touch(connection: Connection, token: str, moment: datetime) -> None:
    """Somebody is there: the idle time begins again."""
    now = int(moment.timestamp())
    connection.execute(update(staff_sessions).where(staff_sessions.c.digest == digest(token)).values(seen=now))


def end_session(connection: Connection, token: str) -> None:
    connection.execute(delete(staff_sessions).where(staff_sessions.c.digest == digest(token)))


def end_by_reference(connection: Connection, person_id: str, reference: str) -> bool:
    """One session of that person, from the list; False where they have no such one."""
    theirs = (staff_sessions.c.person == person_id) & (staff_sessions.c.reference == reference)
    return connection.execute(delete(staff_sessions).where(theirs)).rowcount == 1


def end_all(connection: Connection, person_id: str) -> int:
    """Signing out everywhere; returns how many ended."""
    theirs = staff_sessions.c.person == person_id
    return int(connection.execute(delete(staff_sessions).where(theirs)).rowcount)


def end_of_passkey(connection: Connection, passkey: int) -> None:
    connection.execute(delete(staff_sessions).where(staff_sessions.c.passkey == passkey))


def end_everything(connection: Connection) -> None:
    """Every session, challenge and invitation of everybody: after a restore, those of another day would live again."""
    for table in (staff_sessions, challenges, invitations):
        connection.execute(delete(table))


def list_sessions(connection: Connection, person: Person, moment: datetime) -> list[Session]:
    """Those of one person that still count, the newest first."""
    now = int(moment.timestamp())
    query = select(staff_sessions).where(staff_sessions.c.person == person.id, ~_over(now))
    return [_session(row, person) for row in connection.execute(query.order_by(staff_sessions.c.created.desc()))]


def _over(now: int) -> ColumnElement[bool]:
    # A clock set back must not prolong anything either.
    return or_(
        staff_sessions.c.seen <= now - IDLE,
        staff_sessions.c.created <= now - LONGEST,
        staff_sessions.c.created > now + SEEN_EVERY,
    )


def _session(row: Row[Any], person: Person) -> Session:
    return Session(row.reference, person, row.created, row.seen, row.confirmed, row.passkey)

"""Challenges: given to one browser for one purpose, good once, for five minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select

from backend.staff.tables import challenges
from backend.staff.tokens import digest

LIFETIME = 5 * 60  # seconds
MOST = 20_000  # waiting at once: past that the oldest go, and a flood fills nothing


@dataclass(frozen=True)
class Purpose:
    """`kind` is sign-in, enrol or confirm; `subject` is whose, or by which invitation."""

    kind: str
    subject: str = ""


def give_challenge(connection: Connection, cookie: str, purpose: Purpose, moment: datetime) -> bytes:
    """32 random bytes, tied to the browser that holds `cookie`."""
    now, challenge = int(moment.timestamp()), secrets.token_bytes(32)
    connection.execute(delete(challenges).where(challenges.c.created <= now - LIFETIME))
    if connection.execute(select(func.count()).select_from(challenges)).scalar_one() >= MOST:
        oldest = select(challenges.c.challenge).order_by(challenges.c.created).limit(MOST // 10)
        connection.execute(delete(challenges).where(challenges.c.challenge.in_(oldest)))
    connection.execute(
        insert(challenges).values(
            challenge=challenge, bound=digest(cookie), purpose=purpose.kind, subject=purpose.subject, created=now
        )
    )
    return challenge


def take_challenge(connection: Connection, cookie: str, purpose: Purpose, challenge: bytes, moment: datetime) -> bool:
    """Whether it was given to this browser for this purpose. Taken, it is gone, whatever comes next."""
    now = int(moment.timestamp())
    ours = (
        (challenges.c.challenge == challenge)
        & (challenges.c.bound == digest(cookie))
        & (challenges.c.purpose == purpose.kind)
        & (challenges.c.subject == purpose.subject)
        & (challenges.c.created > now - LIFETIME)
        & (challenges.c.created <= now + LIFETIME)
    )
    return connection.execute(delete(challenges).where(ours)).rowcount == 1

"""Passkeys as stored: whose, and checked at each use."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from backend.base64url import from_base64url
from backend.staff.ceremonies import (
    Known,
    RefusedAnswerError,
    asked_challenge,
    check_enrolment,
    check_sign_in,
    credential_id,
)
from backend.staff.challenges import Purpose, take_challenge
from backend.staff.people import load_identity
from backend.staff.place import Place
from backend.staff.sessions import end_of_passkey
from backend.staff.tables import passkeys

MOST = 10  # a person
LONGEST_NAME = 60


@dataclass(frozen=True)
class Passkey:
    """One way in of somebody; moments are epoch seconds."""

    id: int
    name: str
    created: int
    used: int


def list_passkeys(connection: Connection, person_id: str) -> list[Passkey]:
    query = select(passkeys).where(passkeys.c.person == person_id).order_by(passkeys.c.id)
    return [Passkey(row.id, row.name, row.created, row.used) for row in connection.execute(query)]


def credentials_of(connection: Connection, person_id: str) -> list[bytes]:
    return list(connection.execute(select(passkeys.c.credential).where(passkeys.c.person == person_id)).scalars())


def enrol(
    connection: Connection, place: Place, cookie: str, purpose: Purpose, answer: Any, moment: datetime
) -> tuple[bytes, bytes, int]:
    """Check the answer to an enrolment: credential, public key and sign count. Raises RefusedAnswerError.

    The challenge is spent even then, if the caller commits.
    """
    challenge = asked_challenge(answer)
    if not take_challenge(connection, cookie, purpose, challenge, moment):
        raise RefusedAnswerError("this challenge is not, or no longer, good")
    found = check_enrolment(place, answer, challenge)
    taken = connection.execute(select(passkeys.c.id).where(passkeys.c.credential == found.credential)).first()
    if taken:
        raise RefusedAnswerError("this passkey is known")
    return found.credential, found.public_key, found.sign_count


def keep_passkey(
    connection: Connection, person_id: str, found: tuple[bytes, bytes, int], name: str, moment: datetime
) -> int:
    """Store a passkey that `enrol` has checked; returns its number."""
    credential, public_key, sign_count = found
    now = int(moment.timestamp())
    result = connection.execute(
        insert(passkeys).values(
            person=person_id,
            credential=credential,
            public_key=public_key,
            sign_count=sign_count,
            name=name.strip()[:LONGEST_NAME] or "Clé d’accès",
            created=now,
            used=now,
        )
    )
    number: tuple[int] = result.inserted_primary_key  # type: ignore[assignment]
    return number[0]


def recognise(
    connection: Connection, place: Place, cookie: str, purpose: Purpose, answer: Any, moment: datetime
) -> tuple[str, int]:
    """Whose passkey answered, and its number. Raises RefusedAnswerError."""
    challenge = asked_challenge(answer)
    if not take_challenge(connection, cookie, purpose, challenge, moment):
        raise RefusedAnswerError("this challenge is not, or no longer, good")
    row = connection.execute(select(passkeys).where(passkeys.c.credential == credential_id(answer))).first()
    identity = load_identity(connection, row.person) if row else None
    if row is None or identity is None or not _says_so(answer, identity.handle):
        raise RefusedAnswerError("nobody's passkey")
    count = check_sign_in(place, answer, challenge, Known(row.public_key, row.sign_count))
    used = {"sign_count": count, "used": int(moment.timestamp())}
    connection.execute(update(passkeys).where(passkeys.c.id == row.id).values(**used))
    return identity.id, row.id


def _says_so(answer: Any, handle: bytes) -> bool:
    """The authenticator's own word on whose passkey it is: required when no name was typed (WebAuthn, 7.2)."""
    told = answer["response"].get("userHandle")
    try:
        return isinstance(told, str) and from_base64url(told) == handle
    except ValueError:
        return False


def remove_passkey(connection: Connection, person_id: str, number: int) -> bool:
    """Take one away with the sessions it opened; never the last. False where it was not theirs, or is the last."""
    theirs = [passkey.id for passkey in list_passkeys(connection, person_id)]
    if number not in theirs or len(theirs) == 1:
        return False
    end_of_passkey(connection, number)
    connection.execute(delete(passkeys).where(passkeys.c.id == number))
    return True


def remove_all(connection: Connection, person_id: str) -> None:
    connection.execute(delete(passkeys).where(passkeys.c.person == person_id))

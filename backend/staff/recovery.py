"""Printed codes for the day when no passkey is left: each good once, slowly, and not in secret."""

from __future__ import annotations

import secrets
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from backend.staff.people import load_person
from backend.staff.policy import Person
from backend.staff.tables import recovery_codes
from backend.staff.tokens import digest

COUNT = 10
# Without what is mistaken for another on paper. 16 of 31 signs: 79 bits, behind a strict rate limit.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ2346789"
LENGTH, GROUP = 16, 4


def new_codes(connection: Connection, person: Person) -> list[str]:
    """Ten fresh codes to print; those of before are void."""
    connection.execute(delete(recovery_codes).where(recovery_codes.c.person == person.id))
    codes = ["".join(secrets.choice(LETTERS) for _ in range(LENGTH)) for _ in range(COUNT)]
    connection.execute(insert(recovery_codes), [{"digest": digest(code), "person": person.id} for code in codes])
    return ["-".join(code[at : at + GROUP] for at in range(0, LENGTH, GROUP)) for code in codes]


def use_code(connection: Connection, typed: str, moment: datetime) -> Person | None:
    """Whose code it was; spent from now on."""
    code = "".join(letter for letter in typed.upper()[:80] if letter in LETTERS)
    unused = (recovery_codes.c.digest == digest(code)) & recovery_codes.c.used.is_(None)
    row = connection.execute(select(recovery_codes.c.person).where(unused)).first()
    person = load_person(connection, row.person) if row else None
    if person is None:
        return None
    values = {"used": int(moment.timestamp())}
    return person if connection.execute(update(recovery_codes).where(unused).values(**values)).rowcount == 1 else None


def void_codes(connection: Connection, person_id: str) -> None:
    """What is left of a list that somebody else may hold."""
    theirs = (recovery_codes.c.person == person_id) & recovery_codes.c.used.is_(None)
    connection.execute(delete(recovery_codes).where(theirs))


def were_voided(connection: Connection, person_id: str) -> bool:
    """A list stays whole, its spent codes with it, until it is made anew: one that is not was made void."""
    query = select(func.count(), func.count(recovery_codes.c.used)).where(recovery_codes.c.person == person_id)
    there, spent = connection.execute(query).one()
    return there == spent and 0 < there < COUNT


def codes_left(connection: Connection, person_id: str) -> int:
    theirs = (recovery_codes.c.person == person_id) & recovery_codes.c.used.is_(None)
    return int(connection.execute(select(func.count()).select_from(recovery_codes).where(theirs)).scalar_one())

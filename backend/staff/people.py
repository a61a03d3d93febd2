"""People and what each is in which organisation."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from backend.staff.policy import ADMINISTRATOR, Person, Role
from backend.staff.tables import memberships, people
from backend.staff.tokens import new_id


@dataclass(frozen=True)
class Identity:
    """What authenticators are told of a person."""

    id: str
    handle: bytes
    name: str


def new_identity(name: str) -> Identity:
    """Somebody who is not here yet; nothing is stored."""
    return Identity(new_id(), secrets.token_bytes(32), name)


def add_person(
    connection: Connection, identity: Identity, role: str, organisation: str | None, moment: datetime
) -> Person:
    """Welcome somebody, as what the invitation said: `administrator`, or a role in one organisation."""
    administrator = role == ADMINISTRATOR
    connection.execute(
        insert(people).values(
            id=identity.id,
            handle=identity.handle,
            name=identity.name,
            administrator=administrator,
            created=int(moment.timestamp()),
        )
    )
    if not administrator:
        connection.execute(insert(memberships).values(person=identity.id, organisation=organisation, role=role))
    return Person(identity.id, identity.name, administrator, {} if administrator else {organisation or "": Role(role)})


def load_person(connection: Connection, id_: str) -> Person | None:
    """Somebody who is here; None for those who have left."""
    row = connection.execute(select(people).where(people.c.id == id_, people.c.removed.is_(None))).first()
    if row is None:
        return None
    theirs = connection.execute(select(memberships).where(memberships.c.person == id_))
    return Person(row.id, row.name, row.administrator, {m.organisation: Role(m.role) for m in theirs})


def load_identity(connection: Connection, id_: str) -> Identity | None:
    row = connection.execute(select(people).where(people.c.id == id_, people.c.removed.is_(None))).first()
    return Identity(row.id, row.handle, row.name) if row else None


def list_people(connection: Connection) -> list[Person]:
    """Everybody who is here, by name."""
    query = select(people.c.id).where(people.c.removed.is_(None)).order_by(people.c.name, people.c.id)
    found = (load_person(connection, id_) for id_ in connection.execute(query).scalars())
    return [person for person in found if person]


def names(connection: Connection) -> dict[str, str]:
    """Names by id, of those who have left too: the journal needs them."""
    return {row.id: row.name for row in connection.execute(select(people.c.id, people.c.name))}


def anybody(connection: Connection) -> bool:
    return connection.execute(select(people.c.id).where(people.c.removed.is_(None)).limit(1)).first() is not None


def set_role(connection: Connection, person_id: str, organisation: str, role: Role | None) -> None:
    """Change what somebody is in one organisation; None: nothing any more."""
    theirs = (memberships.c.person == person_id) & (memberships.c.organisation == organisation)
    connection.execute(delete(memberships).where(theirs))
    if role is not None:
        connection.execute(insert(memberships).values(person=person_id, organisation=organisation, role=role.value))


def remove_person(connection: Connection, person_id: str, moment: datetime) -> None:
    """They may come in no more. Their name stays, for the journal."""
    connection.execute(update(people).where(people.c.id == person_id).values(removed=int(moment.timestamp())))
    connection.execute(delete(memberships).where(memberships.c.person == person_id))

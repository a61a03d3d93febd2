"""Ways in that are given once: to somebody new, or to somebody who has lost their passkeys."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from backend.staff.policy import ADMINISTRATOR, Person, Role
from backend.staff.tables import invitations
from backend.staff.tokens import digest, new_id, new_token

LIFETIME = timedelta(hours=72)
DELAY = timedelta(hours=24)  # before a recovery code lets anybody in
WELCOME, RECOVERY, RESCUE = "welcome", "recovery", "rescue"
ROLES = (*(role.value for role in Role), ADMINISTRATOR)


@dataclass(frozen=True)
class Invitation:
    """`person` is somebody who is here already, None for somebody new; moments are epoch seconds."""

    id: str
    kind: str
    person: str | None
    role: str
    organisation: str | None
    made_by: str
    created: int
    opens: int
    expires: int

    def open(self, moment: datetime) -> bool:
        return self.opens <= int(moment.timestamp()) < self.expires


def invite(
    connection: Connection, made_by: Person | str, role: str, organisation: str | None, moment: datetime
) -> tuple[Invitation, str]:
    """An invitation for somebody new, and its token, which nobody can find again."""
    return _give(connection, WELCOME, made_by, role, organisation, None, moment, timedelta(0))


def renew(
    connection: Connection, kind: str, made_by: Person | str, person: Person, moment: datetime
) -> tuple[Invitation, str]:
    """A way in for somebody who is here and lost their passkeys; by a recovery code it opens a day later."""
    delay = DELAY if kind == RECOVERY else timedelta(0)
    return _give(connection, kind, made_by, "", None, person.id, moment, delay)


def _give(
    connection: Connection,
    kind: str,
    made_by: Person | str,
    role: str,
    organisation: str | None,
    person: str | None,
    moment: datetime,
    delay: timedelta,
) -> tuple[Invitation, str]:
    token, opens = new_token(), moment + delay
    values: dict[str, Any] = {
        "id": new_id(),
        "kind": kind,
        "person": person,
        "role": role,
        "organisation": organisation,
        "made_by": made_by.id if isinstance(made_by, Person) else made_by,
        "created": int(moment.timestamp()),
        "opens": int(opens.timestamp()),
        "expires": int((opens + LIFETIME).timestamp()),
    }
    connection.execute(insert(invitations).values(**values, digest=digest(token)))
    return Invitation(**values), token


def find(connection: Connection, token: str, moment: datetime) -> Invitation | None:
    """The one of that token, unless used, revoked or past; looking at it uses nothing. It may not be open yet."""
    row = connection.execute(select(invitations).where(invitations.c.digest == digest(token), _waiting(moment))).first()
    return _invitation(row) if row else None


def use(connection: Connection, invitation: Invitation, moment: datetime) -> bool:
    """Once: False where somebody else was faster."""
    open_still = (invitations.c.id == invitation.id) & _waiting(moment)
    values = {"used": int(moment.timestamp())}
    return connection.execute(update(invitations).where(open_still).values(**values)).rowcount == 1


def revoke(connection: Connection, id_: str, moment: datetime) -> bool:
    """Take it back; False where it was not waiting any more."""
    waiting = (invitations.c.id == id_) & _waiting(moment)
    values = {"revoked": int(moment.timestamp())}
    return connection.execute(update(invitations).where(waiting).values(**values)).rowcount == 1


def revoke_for(connection: Connection, person_id: str, moment: datetime) -> None:
    """Every way in that waits for this person or that they made: they have left."""
    theirs = (invitations.c.person == person_id) | (invitations.c.made_by == person_id)
    values = {"revoked": int(moment.timestamp())}
    connection.execute(update(invitations).where(theirs & _waiting(moment)).values(**values))


def revoke_made(connection: Connection, person_id: str, organisation: str, moment: datetime) -> None:
    """What they gave out for an organisation that they manage no more: it would bring them back under another name."""
    theirs = (invitations.c.made_by == person_id) & (invitations.c.organisation == organisation)
    values = {"revoked": int(moment.timestamp())}
    connection.execute(update(invitations).where(theirs & _waiting(moment)).values(**values))


def waiting(connection: Connection, moment: datetime) -> list[Invitation]:
    """All that may still be used, the newest first."""
    query = select(invitations).where(_waiting(moment)).order_by(invitations.c.created.desc(), invitations.c.id)
    return [_invitation(row) for row in connection.execute(query)]


def _waiting(moment: datetime) -> Any:
    past = invitations.c.expires <= int(moment.timestamp())
    return invitations.c.used.is_(None) & invitations.c.revoked.is_(None) & ~past


def _invitation(row: Row[Any]) -> Invitation:
    names = ("id", "kind", "person", "role", "organisation", "made_by", "created", "opens", "expires")
    return Invitation(**{name: getattr(row, name) for name in names})

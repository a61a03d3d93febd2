"""Ways back in that were asked for in somebody's name: who is told, and who may stop them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from backend.staff import audit, invitations
from backend.staff.invitations import RECOVERY, Invitation
from backend.staff.people import load_person
from backend.staff.policy import Person, may_stop_recovery
from backend.staff.recovery import void_codes


@dataclass(frozen=True)
class UnderWay:
    """One of them, as its notice tells it; `opens` in epoch seconds, `mine`: asked for in the reader's own name."""

    id: str
    name: str
    opens: int
    mine: bool


def under_way(connection: Connection, viewer: Person, moment: datetime) -> Iterator[UnderWay]:
    """Those that `viewer` is told of: every one in their own name; by a printed code, those that they may stop.

    What an administrator or the operator gave (a rescue) is told to its person alone: its giver knows.
    """
    for found in invitations.waiting(connection, moment):
        concerned = _concerned(connection, found)
        if concerned is None or not may_stop_recovery(viewer, concerned):
            continue
        mine = concerned.id == viewer.id
        if mine or found.kind == RECOVERY:
            yield UnderWay(found.id, concerned.name, found.opens, mine)


def stop(connection: Connection, viewer: Person, id_: str, moment: datetime) -> UnderWay | None:
    """Take it back, written in the journal; None where there is none that this person is told of.

    Whoever asked with a printed code may hold the whole list: what is left of it goes too.
    """
    found = next((one for one in under_way(connection, viewer, moment) if one.id == id_), None)
    if found is None:
        return None
    invitation = next(one for one in invitations.waiting(connection, moment) if one.id == id_)
    invitations.revoke(connection, id_, moment)
    if invitation.kind == RECOVERY and invitation.person:
        void_codes(connection, invitation.person)
    audit.record(connection, viewer, "cancelled a recovery", invitation.person or "", {"by": invitation.kind}, moment)
    return found


def end_others(connection: Connection, person_id: str, moment: datetime) -> None:
    """Somebody is back: what else waited in their name must not let another in tomorrow."""
    for found in invitations.waiting(connection, moment):
        if found.person == person_id:
            invitations.revoke(connection, found.id, moment)


def _concerned(connection: Connection, found: Invitation) -> Person | None:
    return load_person(connection, found.person) if found.person else None

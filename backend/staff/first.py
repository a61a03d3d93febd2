"""The first person: somebody must hold the door before anybody can be invited through it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine

from backend.settings import Settings
from backend.staff import audit, invitations
from backend.staff.people import anybody
from backend.staff.place import place_of
from backend.staff.policy import ADMINISTRATOR
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR


def invitation_link(settings: Settings, token: str) -> str:
    return place_of(settings.public_url).invitation(token)


def first_link(engine: Engine, settings: Settings, moment: datetime) -> str | None:
    """A link for the first administrator, or None once anybody is here. Only the newest one works."""
    with writing(engine).begin() as connection:
        if anybody(connection):
            return None
        for found in invitations.waiting(connection, moment):
            if found.role == ADMINISTRATOR:
                invitations.revoke(connection, found.id, moment)
        found, token = invitations.invite(connection, OPERATOR, ADMINISTRATOR, None, moment)
        audit.record(connection, OPERATOR, "invited", found.id, {"role": ADMINISTRATOR, "organisation": None}, moment)
    return invitation_link(settings, token)

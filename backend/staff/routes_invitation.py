"""Opening an invitation: looking at it uses nothing, enrolling a passkey uses it."""

from __future__ import annotations

import hashlib
from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.staff import audit, invitations, recoveries
from backend.staff.ceremonies import RefusedAnswerError, enrolment_options
from backend.staff.challenges import Purpose, give_challenge
from backend.staff.given import Id, Json
from backend.staff.invitations import Invitation
from backend.staff.passkeys import enrol, keep_passkey, remove_all
from backend.staff.people import Identity, add_person, load_identity
from backend.staff.policy import Need
from backend.staff.sessions import end_all, end_session, start_session
from backend.staff.space import Asked, Space
from backend.staff.steps import limited, refused, signed_in
from backend.storage.engine import writing
from backend.web.threads import in_thread

OVER = "Cette invitation n’est plus valable : elle a déjà servi, a été retirée, ou a plus de trois jours."
REFUSED = {"title": "Ce lien ne sert plus", "words": OVER, "onward": None}
NAME_WANTED = "Écrivez le nom que vos collègues connaissent."
LONGEST_NAME = 80


def invitation_routes(space: Space) -> list[ControllerRouterHandler]:
    @get("/equipe/invitation/{token:str}/", opt={"need": Need.NOTHING})
    @in_thread
    def look(request: Asked, token: Id) -> Response[Any]:
        limited(space, request, space.limits.invitation)
        with space.engine.connect() as connection:
            found = invitations.find(connection, token, space.now())
            identity = _identity(connection, found, token, "") if found else None
        if found is None or identity is None:
            return space.show(request, "equipe/refus.html", REFUSED, 410)
        here = request.headers.get("host", "") == space.place.origin.split("//")[1]
        page = {
            "address": f"/equipe/invitation/{token}/",
            "known": identity.name,
            "opens": None if found.open(space.now()) else found.opens,
            "elsewhere": None if here else space.place.invitation(token),
            "impossible": space.place.name is None,
        }
        return space.show(request, "equipe/invitation.html", page)

    @post("/equipe/invitation/{token:str}/options", opt={"need": Need.NOTHING}, status_code=200)
    @in_thread
    def options(request: Asked, token: Id, sent: Json) -> Response[Any]:
        limited(space, request, space.limits.invitation)
        now = space.now()
        with writing(space.engine).begin() as connection:
            found = invitations.find(connection, token, now)
            identity = _identity(connection, found, token, _name(sent)) if found else None
            if found is None or identity is None or not found.open(now):
                return refused(OVER)
            if not identity.name:
                return refused(NAME_WANTED)
            challenge = give_challenge(connection, request.state.cookie, Purpose("enrol", found.id), now)
        # None is excluded: older passkeys end when this one is made, and it may be on the same device.
        return Response(enrolment_options(space.place, identity, challenge, ()))

    @post("/equipe/invitation/{token:str}/", opt={"need": Need.NOTHING}, status_code=200)
    @in_thread
    def accept(request: Asked, token: Id, sent: Json) -> Response[Any]:
        limited(space, request, space.limits.invitation)
        now = space.now()
        with writing(space.engine).begin() as connection:
            found = invitations.find(connection, token, now)
            identity = _identity(connection, found, token, _name(sent)) if found else None
            if found is None or identity is None or not found.open(now) or not identity.name:
                return refused(OVER)
            try:
                purpose = Purpose("enrol", found.id)
                passkey = enrol(connection, space.place, request.state.cookie, purpose, sent.get("answer"), now)
            except RefusedAnswerError:
                return refused()
            invitations.use(connection, found, now)
            _welcome(connection, found, identity, space)
            number = keep_passkey(connection, identity.id, passkey, str(sent.get("key", "")), now)
            end_session(connection, request.state.cookie)
            session = start_session(connection, identity.id, number, now)
        return signed_in(space, session, "/equipe/moi/")

    return [look, options, accept]


def _name(sent: dict[str, Any]) -> str:
    text = " ".join(str(sent.get("name", ""))[:200].split())
    return text[:LONGEST_NAME] if text.isprintable() else ""


def _identity(connection: Connection, found: Invitation, token: str, name: str) -> Identity | None:
    """Whom it is for; somebody new is known by the invitation until they have come."""
    if found.person:
        return load_identity(connection, found.person)
    return Identity(found.id, hashlib.sha256(f"handle {token}".encode()).digest(), name)


def _welcome(connection: Connection, found: Invitation, identity: Identity, space: Space) -> None:
    """Somebody new joins; somebody who was locked out begins again, and nothing of before opens any more."""
    now = space.now()
    if found.person is None:
        add_person(connection, identity, found.role, found.organisation, now)
        details = {"role": found.role, "organisation": found.organisation, "invited by": found.made_by}
        audit.record(connection, identity.id, audit.JOINED, identity.id, details, now)
        return
    end_all(connection, identity.id)
    space.end_elsewhere(connection, identity.id)
    remove_all(connection, identity.id)
    recoveries.end_others(connection, identity.id, now)
    details = {"by": found.kind, "invited by": found.made_by}
    audit.record(connection, identity.id, audit.CAME_BACK, identity.id, details, now)

"""One's own page: passkeys, open sessions, printed codes."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from backend.staff import audit
from backend.staff.ceremonies import RefusedAnswerError, enrolment_options
from backend.staff.challenges import Purpose, give_challenge
from backend.staff.given import Here, Id, Json, Number
from backend.staff.passkeys import MOST, credentials_of, enrol, keep_passkey, list_passkeys, remove_passkey
from backend.staff.people import load_identity
from backend.staff.policy import Need
from backend.staff.recovery import codes_left, new_codes, were_voided
from backend.staff.refusals import StaffRefusal
from backend.staff.sessions import Session, end_all, end_by_reference, list_sessions
from backend.staff.space import Asked, Space
from backend.staff.steps import limited, refused
from backend.storage.engine import writing
from backend.web.threads import in_thread

ME = "/equipe/moi/"
SIGNED_IN = {"need": Need.SIGNED_IN}
# A computer left open must not become a way in that lasts.
FRESH = {"need": Need.SIGNED_IN, "fresh": True}


def my_routes(space: Space) -> list[ControllerRouterHandler]:
    @get(ME, opt=SIGNED_IN)
    @in_thread
    def mine(request: Asked, session: Here) -> Response[Any]:
        return space.show(
            request, "equipe/moi.html", _page(space, session, request.query_params.get("fait") == "arrete")
        )

    @post("/equipe/moi/codes/", opt=FRESH)
    @in_thread
    def codes(request: Asked, session: Here) -> Response[Any]:
        with writing(space.engine).begin() as connection:
            fresh = new_codes(connection, session.person)
            audit.record(connection, session.person, "made recovery codes", session.person.id, {}, space.now())
        return space.show(request, "equipe/codes.html", fresh)

    return [mine, codes, *_keys(space), *_sessions(space)]


def _keys(space: Space) -> list[ControllerRouterHandler]:
    @post("/equipe/moi/cles/options", opt=FRESH, status_code=200)
    @in_thread
    def options(request: Asked, session: Here) -> Response[Any]:
        limited(space, request, space.limits.passkeys)
        with writing(space.engine).begin() as connection:
            identity = load_identity(connection, session.person.id)
            known = credentials_of(connection, session.person.id)
            if identity is None or len(known) >= MOST:
                return refused("Dix clés au plus. Retirez-en une d’abord.")
            purpose = Purpose("enrol", session.person.id)
            challenge = give_challenge(connection, request.state.cookie, purpose, space.now())
        return Response(enrolment_options(space.place, identity, challenge, known))

    @post("/equipe/moi/cles/", opt=FRESH, status_code=200)
    @in_thread
    def add(request: Asked, session: Here, sent: Json) -> Response[Any]:
        limited(space, request, space.limits.passkeys)
        now, purpose = space.now(), Purpose("enrol", session.person.id)
        with writing(space.engine).begin() as connection:
            try:
                found = enrol(connection, space.place, request.state.cookie, purpose, sent.get("answer"), now)
            except RefusedAnswerError:
                return refused()
            keep_passkey(connection, session.person.id, found, str(sent.get("key", "")), now)
            audit.record(connection, session.person, "added a passkey", session.person.id, {}, now)
        return Response({"suite": ME})

    @post("/equipe/moi/cles/{number:int}/retirer/", opt=FRESH)
    @in_thread
    def remove(request: Asked, session: Here, number: Number) -> Response[Any]:
        limited(space, request, space.limits.passkeys)
        with writing(space.engine).begin() as connection:
            if not remove_passkey(connection, session.person.id, number):
                raise StaffRefusal
            audit.record(connection, session.person, "removed a passkey", session.person.id, {}, space.now())
        return Redirect(ME, status_code=303)

    return [options, add, remove]


def _sessions(space: Space) -> list[ControllerRouterHandler]:
    @post("/equipe/moi/sessions/{reference:str}/fermer/", opt=SIGNED_IN)
    @in_thread
    def end(session: Here, reference: Id) -> Response[Any]:
        with writing(space.engine).begin() as connection:
            if end_by_reference(connection, session.person.id, reference):
                audit.record(connection, session.person, "closed a session", session.person.id, {}, space.now())
        return Redirect(ME, status_code=303)

    @post("/equipe/moi/sortir-partout/", opt=SIGNED_IN)
    @in_thread
    def everywhere(session: Here) -> Response[Any]:
        with writing(space.engine).begin() as connection:
            ended = end_all(connection, session.person.id)
            space.end_elsewhere(connection, session.person.id)
            details = {"sessions": ended}
            audit.record(connection, session.person, "signed out everywhere", session.person.id, details, space.now())
        return Redirect("/equipe/", status_code=303, cookies=[space.cookies.drop(space.cookies.session)])

    return [end, everywhere]


def _page(space: Space, session: Session, stopped: bool) -> dict[str, Any]:
    with space.engine.connect() as connection:
        return {
            "session": session,
            "keys": list_passkeys(connection, session.person.id),
            "sessions": list_sessions(connection, session.person, space.now()),
            "codes_left": codes_left(connection, session.person.id),
            "codes_void": were_voided(connection, session.person.id),
            "stopped": stopped,
        }

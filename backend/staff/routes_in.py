"""Signing in, showing the passkey again, signing out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from backend.staff import audit
from backend.staff.ceremonies import RefusedAnswerError, sign_in_options
from backend.staff.challenges import Purpose, give_challenge
from backend.staff.given import Here, Json, Me
from backend.staff.passkeys import credentials_of, recognise
from backend.staff.policy import Need
from backend.staff.sessions import Session, end_session, start_session
from backend.staff.space import Asked, Space
from backend.staff.steps import HOME, limited, local, refused, signed_in
from backend.storage.engine import writing
from backend.web.threads import in_thread

Sent = dict[str, Any]
# What somebody signed in finds at /equipe/.
Board = Callable[[Asked, Session], Response[Any]]
SIGN_IN = Purpose("sign-in")


def ways_in(space: Space, board: Board) -> list[ControllerRouterHandler]:
    @get("/equipe/", opt={"need": Need.NOTHING})
    @in_thread
    def home(request: Asked) -> Response[Any]:
        session: Session | None = request.state.get("session")
        if session is None:
            return space.show(request, "equipe/connexion.html", _door(space, request))
        return board(request, session)

    @post("/equipe/connexion/options", opt={"need": Need.NOTHING}, status_code=200)
    @in_thread
    def options(request: Asked) -> dict[str, Any]:
        limited(space, request, space.limits.sign_in)
        with writing(space.engine).begin() as connection:
            challenge = give_challenge(connection, request.state.cookie, SIGN_IN, space.now())
        return sign_in_options(space.place, challenge)

    @post("/equipe/connexion/", opt={"need": Need.NOTHING}, status_code=200)
    @in_thread
    def sign_in(request: Asked, sent: Json) -> Response[Any]:
        limited(space, request, space.limits.sign_in)
        return _enter(space, request, sent, SIGN_IN, None)

    return [home, options, sign_in, *_again(space), *_out(space)]


def _again(space: Space) -> list[ControllerRouterHandler]:
    @get("/equipe/confirmer/", opt={"need": Need.SIGNED_IN})
    @in_thread
    def confirm(request: Asked) -> Response[Any]:
        return space.show(request, "equipe/confirmer.html", _door(space, request))

    @post("/equipe/confirmer/options", opt={"need": Need.SIGNED_IN}, status_code=200)
    @in_thread
    def options(request: Asked, session: Here) -> dict[str, Any]:
        limited(space, request, space.limits.confirm)
        with writing(space.engine).begin() as connection:
            purpose = Purpose("confirm", session.person.id)
            challenge = give_challenge(connection, request.state.cookie, purpose, space.now())
            known = credentials_of(connection, session.person.id)
        return sign_in_options(space.place, challenge, known)

    @post("/equipe/confirmer/", opt={"need": Need.SIGNED_IN}, status_code=200)
    @in_thread
    def confirmed(request: Asked, session: Here, sent: Json) -> Response[Any]:
        limited(space, request, space.limits.confirm)
        return _enter(space, request, sent, Purpose("confirm", session.person.id), session.person.id)

    return [confirm, options, confirmed]


def _out(space: Space) -> list[ControllerRouterHandler]:
    @post("/equipe/sortir/", opt={"need": Need.SIGNED_IN})
    @in_thread
    def leave(request: Asked, person: Me) -> Response[Any]:
        with writing(space.engine).begin() as connection:
            end_session(connection, request.state.cookie)
            audit.record(connection, person, "signed out", "", {}, space.now())
        return Redirect(HOME, status_code=303, cookies=[space.cookies.drop(space.cookies.session)])

    return [leave]


def _door(space: Space, request: Asked) -> dict[str, Any]:
    """What the page of a ceremony needs: where to go on, and whether it stands where passkeys work."""
    place = space.place
    here = f"{place.origin.split(':')[0]}://{request.headers.get('host', '')}" == place.origin
    return {
        "onward": local(request.query_params.get("suite")),
        "elsewhere": None if here else f"{place.origin}{HOME}",
        "impossible": place.name is None,
    }


def _enter(space: Space, request: Asked, sent: Sent, purpose: Purpose, whose: str | None) -> Response[Any]:
    """Check a passkey; a new session takes the place of any other of this browser."""
    now, cookie = space.now(), request.state.cookie
    with writing(space.engine).begin() as connection:
        try:
            person, passkey = recognise(connection, space.place, cookie, purpose, sent.get("answer"), now)
        except RefusedAnswerError:
            return refused()  # and the challenge is spent
        if whose not in (None, person):
            return refused()
        end_session(connection, cookie)
        token = start_session(connection, person, passkey, now)
        audit.record(connection, person, "confirmed" if whose else "signed in", "", {}, now)
    return signed_in(space, token, local(sent.get("suite")))

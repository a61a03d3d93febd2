"""The one door to the staff space: who comes, from where, and whether they may. Every route passes through it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from litestar import Router
from litestar.connection import ASGIConnection
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from backend.staff.cookies import read_cookie
from backend.staff.policy import Need, Person, allows
from backend.staff.refusals import (
    Forged,
    NotFresh,
    NotSignedIn,
    Outdated,
    StaffRefusal,
    busy_handler,
    not_found_handler,
    refusal_handler,
)
from backend.staff.sessions import SEEN_EVERY, Session, find_session, touch
from backend.staff.space import Asked, Space
from backend.storage.engine import if_free
from backend.web.csrf import FIELD, HEADER, csrf_matches, from_own_pages
from backend.web.errors import PASSING
from backend.web.form import NUL, read_form

SAFE = ("GET", "HEAD", "OPTIONS")
# `opt={"of": …}`: from the database and the parameters of the path to the organisation concerned, None where there is
# no such thing.
Of = Callable[[Connection, dict[str, Any]], str | None]


class UndeclaredRouteError(RuntimeError):
    """A route of the staff space that does not say what it needs."""


def staff_side(space: Space, handlers: Sequence[ControllerRouterHandler]) -> Router:
    """Routes whose addresses begin with /equipe/, behind the door. Each declares, in its `opt`:

    - `need`: a `Need`;
    - `of`, where it concerns one organisation: see `Of`;
    - `fresh=True`, where a passkey must have been shown less than five minutes ago;
    - `typed=True`, where a form holds what somebody took time to type: it is given back when the session is over.

    Handlers may ask for `person: Person`, `session: Session`, `posted: dict[str, str]` (a form's fields) and
    `sent: dict[str, Any]` (a JSON object, empty where none came).
    """
    return Router(
        path="/",
        route_handlers=list(handlers),
        guards=[_guard(space)],
        dependencies={
            "person": Provide(_person, sync_to_thread=False),
            "session": Provide(_session, sync_to_thread=False),
            "posted": Provide(read_form),
            "sent": Provide(_sent),
        },
        exception_handlers={
            StaffRefusal: refusal_handler(space),
            NotFoundException: not_found_handler(space),
            **dict.fromkeys(PASSING, busy_handler(space)),
        },
        include_in_schema=False,
    )


def need_of(handler: BaseRouteHandler) -> Need:
    """What a route declares. Raises UndeclaredRouteError."""
    need = handler.opt.get("need")
    if not isinstance(need, Need):
        raise UndeclaredRouteError(f"{sorted(handler.paths)} declares no need")
    return need


def _guard(space: Space) -> Callable[[ASGIConnection[Any, Any, Any, Any], BaseRouteHandler], Any]:
    async def guard(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
        request: Asked = connection  # type: ignore[assignment]
        if request.method == "OPTIONS":
            return  # Litestar's own answer, for anybody: which methods there are
        need = need_of(handler)
        if NUL in "".join(map(str, request.path_params.values())):
            raise NotFoundException  # nothing is called so, and PostgreSQL does not hear such a question
        await asyncio.to_thread(_recognise, space, request)
        if request.method not in SAFE:
            await _check_origin_and_token(space, request)
        session: Session | None = request.state.get("session")
        if session is None and need is not Need.NOTHING:
            raise NotSignedIn
        person = session.person if session else None
        of: Of | None = handler.opt.get("of")
        organisation = await asyncio.to_thread(_organisation, space, of, request.path_params) if of else None
        if not allows(person, need, organisation):
            raise StaffRefusal
        if handler.opt.get("fresh") and not (session and session.fresh(space.now())):
            raise NotFresh

    return guard


def _recognise(space: Space, request: Asked) -> None:
    """Puts `session` and `cookie` (what forms are bound to) into the state of the request."""
    headers = request.scope["headers"]
    token = read_cookie(headers, space.cookies.session)
    session = _found(space, token) if token else None
    request.state.session = session
    request.state.cookie = token if session else read_cookie(headers, space.cookies.visit)


def _found(space: Space, token: str) -> Session | None:
    now = space.now()
    with space.engine.connect() as connection:
        session = find_session(connection, token, now)
    if session and now.timestamp() - session.seen >= SEEN_EVERY:
        # A page is read while an edition is published, too, and does not wait for it; a minute less of a session harms
        # nobody.
        with suppress(OperationalError), if_free(space.engine).begin() as connection:
            touch(connection, token, now)
    return session


async def _check_origin_and_token(space: Space, request: Asked) -> None:
    if not from_own_pages(request.scope["headers"], space.place.origin):
        raise Forged
    cookie: str | None = request.state.cookie
    posted = await read_form(request)
    token = request.headers.get(HEADER) or posted.get(FIELD, "")
    if cookie is not None and csrf_matches(cookie, token):
        request.state.posted = posted  # to be given back, should the database be busy
        return
    if request.state.session is None and read_cookie(request.scope["headers"], space.cookies.session):
        raise NotSignedIn(posted)  # they were signed in when the page was made: nobody forged anything
    raise Outdated(posted) if posted else Forged


def _organisation(space: Space, of: Of, parameters: dict[str, Any]) -> str:
    with space.engine.connect() as connection:
        found = of(connection, parameters)
    if found is None:
        raise NotFoundException
    return found


def _person(request: Asked) -> Person:
    session: Session | None = request.state.get("session")
    if session is None:
        raise NotSignedIn
    return session.person


def _session(request: Asked) -> Session:
    session: Session | None = request.state.get("session")
    if session is None:
        raise NotSignedIn
    return session


async def _sent(request: Asked) -> dict[str, Any]:
    """Without NUL nor half a character, which no database holds."""
    try:
        value = json.loads(await request.body())
        told = json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return {}
    if b"\\u0000" in told:
        return {}
    return value if isinstance(value, dict) else {}

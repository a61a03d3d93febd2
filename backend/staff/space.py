"""What every route of the staff space works with, and the frame around its pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jinja2 import Environment
from litestar import MediaType, Request, Response
from markupsafe import Markup, escape
from sqlalchemy import Connection, Engine

from backend import clock
from backend.settings import Settings
from backend.staff.cookies import CookieNames, cookie_names
from backend.staff.passkeys import list_passkeys
from backend.staff.place import Place, place_of
from backend.staff.policy import Person
from backend.staff.recoveries import UnderWay, under_way
from backend.staff.sessions import Session
from backend.staff.tokens import new_token
from backend.web.csrf import FIELD, csrf_token
from backend.web.rate_limit import RateLimit

Asked = Request[Any, Any, Any]


@dataclass(frozen=True)
class Frame:
    """Jinja's environment, and the addresses of what pages load."""

    templates: Environment
    css: str
    staff_css: str
    script: str
    htmx: str


@dataclass(frozen=True)
class StaffLayout:
    """What stands around a page of the staff."""

    person: str | None
    administrator: bool
    manager: bool
    here: str
    css: str
    staff_css: str
    script: str
    htmx: str
    token: str
    alone: bool  # one passkey only: losing it would shut its holder out
    recoveries: tuple[UnderWay, ...]  # of which whoever reads is told


@dataclass(frozen=True)
class Limits:
    """One bucket a purpose and a client: nobody's flood shuts anybody else out, nor another door."""

    sign_in: RateLimit = field(default_factory=lambda: RateLimit(per_minute=30, burst=20))
    invitation: RateLimit = field(default_factory=lambda: RateLimit(per_minute=20, burst=20))
    recovery: RateLimit = field(default_factory=lambda: RateLimit(per_minute=3, burst=5))
    confirm: RateLimit = field(default_factory=lambda: RateLimit(per_minute=30, burst=20))
    passkeys: RateLimit = field(default_factory=lambda: RateLimit(per_minute=20, burst=20))


@dataclass(frozen=True)
class Space:
    engine: Engine
    settings: Settings
    frame: Frame
    now: Callable[[], datetime] = clock.now
    limits: Limits = field(default_factory=Limits)
    # What else of a person ends with all their sessions, in rooms that this one does not know.
    end_elsewhere: Callable[[Connection, str], None] = lambda *_: None

    @property
    def place(self) -> Place:
        return place_of(self.settings.public_url)

    @property
    def cookies(self) -> CookieNames:
        return cookie_names(self.place.https)

    def show(self, request: Asked, template: str, page: Any, status: int = 200) -> Response[Any]:
        """A page in the staff's frame. Templates extend `equipe/base.html`; each form in them holds `{{ csrf() }}`."""
        broken = status >= 500  # the database is not asked once more, and whose page it is may not be known
        visit = None if broken or request.state.get("cookie") else new_token()
        token = csrf_token(request.state.get("cookie") or visit or "")
        text = self.frame.templates.get_template(template).render(
            page=page, layout=self._layout(request, token, broken), csrf=lambda: _hidden(token)
        )
        response: Response[Any] = Response(text, status_code=status, media_type=MediaType.HTML)
        if visit:
            response.cookies.append(self.cookies.set(self.cookies.visit, visit))
        return response

    def _layout(self, request: Asked, token: str, broken: bool) -> StaffLayout:
        session: Session | None = request.state.get("session")
        person = session.person if session else None
        managed = person.roles.values() if person else ()
        alone, recoveries = self._warnings(person) if person and not broken else (False, ())
        return StaffLayout(
            person=person.name if person else None,
            administrator=bool(person and person.administrator),
            manager=any(role.value == "manager" for role in managed),
            here=request.url.path.rstrip("/") + "/",  # Litestar took the last stroke away
            css=self.frame.css,
            staff_css=self.frame.staff_css,
            script=self.frame.script,
            htmx=self.frame.htmx,
            token=token,
            alone=alone,
            recoveries=recoveries,
        )

    def _warnings(self, person: Person) -> tuple[bool, tuple[UnderWay, ...]]:
        with self.engine.connect() as connection:
            alone = len(list_passkeys(connection, person.id)) == 1
            return alone, tuple(under_way(connection, person, self.now()))


def _hidden(token: str) -> Markup:
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, escape(token))

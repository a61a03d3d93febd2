"""The staff's door over a real database, with a clock that the test turns and browsers that keep their cookies."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from typing import Any

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine

from backend.offline.staff_frame import staff_frame
from backend.settings import Settings
from backend.staff import invitations
from backend.staff.guards import staff_side
from backend.staff.policy import ADMINISTRATOR
from backend.staff.routes import staff_routes
from backend.staff.routes_in import Board
from backend.staff.space import Limits, Space
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR
from backend.web.asgi import answering_head, with_security_headers, with_staff_headers
from backend.web.csrf import HEADER
from backend.web.rate_limit import RateLimit
from tests.authenticator import Authenticator


class Browser:
    """Cookies as a browser keeps them; JSON sent as our script sends it."""

    def __init__(self, door: Door) -> None:
        self.door = door
        self.cookies: dict[str, str] = {}

    @property
    def session(self) -> str:
        return self.cookies.get(self.door.space.cookies.session, "")

    @property
    def token(self) -> str:
        """What the page of this browser holds."""
        found = re.search(r'data-jeton="([^"]*)"', self.get("/equipe/").text)
        return found[1] if found else ""

    def get(self, path: str) -> Any:
        return self.send("GET", path)

    def post(self, path: str, value: Any = None) -> Any:
        headers = {"origin": self.door.space.place.origin, HEADER: self.token}
        return self.send("POST", path, headers, {} if value is None else value)

    def send(self, method: str, path: str, headers: dict[str, str] | None = None, value: Any = None) -> Any:
        kept = "; ".join(f"{name}={text}" for name, text in self.cookies.items())
        own = {"cookie": kept} if kept else {}
        given = [(key.encode(), text.encode("latin-1")) for key, text in (own | (headers or {})).items()]
        self.door.client.cookies.clear()
        answer = self.door.client.request(method, path, headers=given, json=value, follow_redirects=False)
        for line in answer.headers.get_list("set-cookie"):
            for name, morsel in SimpleCookie(line).items():
                if morsel["max-age"] == "0":
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = morsel.value
        return answer

    def known(self) -> bool:
        """Whether the door recognises somebody."""
        return "/equipe/moi/" in self.get("/equipe/").text


class Door:
    def __init__(self, space: Space, client: TestClient[Any], clock: list[datetime]) -> None:
        self.space = space
        self.client = client
        self._clock = clock

    def later(self, **time: float) -> None:
        self._clock[0] += timedelta(**time)

    @property
    def now(self) -> datetime:
        return self._clock[0]

    def browser(self) -> Browser:
        """One that has just opened the door's page."""
        opened = Browser(self)
        opened.get("/equipe/")
        return opened

    def key(self) -> Authenticator:
        return Authenticator(self.space.place.origin)

    def invitation(self) -> str:
        """The address of one for an administrator."""
        with writing(self.space.engine).begin() as connection:
            _, token = invitations.invite(connection, OPERATOR, ADMINISTRATOR, None, self.now)
        return f"/equipe/invitation/{token}/"

    def enrolled(self, name: str = "Camille") -> tuple[Browser, Authenticator]:
        """Somebody who came through an invitation, signed in, with their key."""
        browser, key, address = self.browser(), self.key(), self.invitation()
        options = browser.post(f"{address}options", {"name": name}).json()
        answer = browser.post(address, {"name": name, "answer": key.create(options)})
        assert answer.status_code == 200, answer.text
        return browser, key


def _home(space: Space) -> Board:
    """The first page, in the frame that says who is signed in and what is asked in their name."""
    return lambda request, session: space.show(request, "equipe/base.html", session)


@contextmanager
def staff_door(engine: Engine, settings: Settings, patient: bool = True) -> Iterator[Door]:
    """`patient`: without the limits, whose own tests want them."""
    clock = [datetime(2026, 11, 24, 8, 0, tzinfo=UTC)]
    frame, files = staff_frame()
    wide = Limits(*(RateLimit(per_minute=1e9, burst=10**9) for _ in fields(Limits)))
    space = Space(engine, settings, frame, lambda: clock[0], wide if patient else Limits())
    app = Litestar([files, staff_side(space, staff_routes(space, _home(space)))], openapi_config=None)
    wrapped = with_security_headers(with_staff_headers(answering_head(app)))  # type: ignore[arg-type]
    with TestClient[Any](wrapped, base_url=space.place.origin) as client:
        yield Door(space, client, clock)

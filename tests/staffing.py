"""People of the staff for tests, signed in without a browser: through the real services, with a real session."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from playwright.sync_api import BrowserContext
from sqlalchemy import Engine

from backend import clock
from backend.settings import from_environment
from backend.staff.cookies import cookie_names
from backend.staff.people import add_person, new_identity
from backend.staff.place import place_of
from backend.staff.policy import Person
from backend.staff.sessions import start_session
from backend.storage.engine import open_engine, writing
from backend.web.csrf import FIELD, HEADER, csrf_token
from tests.builders import Server, http_answer


def sign_in(
    engine: Engine, role: str, organisation: str | None = None, name: str = "Camille", moment: datetime | None = None
) -> tuple[Person, str]:
    """A new person of that role (`administrator`, or one in an organisation), and the cookie of their session."""
    moment = moment or clock.now()
    with writing(engine).begin() as connection:
        person = add_person(connection, new_identity(name), role, organisation, moment)
        return person, start_session(connection, person.id, 0, moment)


@dataclass
class StaffClient:
    """A signed-in client of a running server: `get` and `post` as its own pages would."""

    url: str
    origin: str
    person: Person
    token: str
    name: str

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        return self.send("GET", path, None, headers)

    def post(
        self, path: str, fields: Mapping[str, str] | None = None, **headers: str
    ) -> tuple[int, dict[str, str], bytes]:
        """Send a form; no redirect is followed."""
        body = urllib.parse.urlencode({FIELD: csrf_token(self.token), **(fields or {})}).encode()
        headers = {"Origin": self.origin, "Content-Type": "application/x-www-form-urlencoded", **headers}
        return self.send("POST", path, body, headers)

    def post_json(self, path: str, value: object) -> tuple[int, dict[str, str], bytes]:
        headers = {"Origin": self.origin, "Content-Type": "application/json", HEADER: csrf_token(self.token)}
        return self.send("POST", path, json.dumps(value).encode(), headers)

    def send(
        self, method: str, path: str, body: bytes | None, headers: Mapping[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        given = {"Cookie": f"{self.name}={self.token}", **headers}
        return http_answer(urllib.request.Request(self.url + path, body, given, method=method))

    def enter(self, context: BrowserContext) -> None:
        """Give a browser this session; it opens pages at `origin`."""
        context.add_cookies(
            [{"name": self.name, "value": self.token, "domain": "localhost", "path": "/equipe", "sameSite": "Strict",
              "httpOnly": True}]
        )  # fmt: skip


def staff_client(server: Server, role: str, organisation: str | None = None, name: str = "Camille") -> StaffClient:
    """Somebody of that role, signed in to a running server."""
    settings = from_environment({k: v for k, v in server.environment.items() if k.startswith("APPUI_")})
    engine = open_engine(settings)
    person, token = sign_in(engine, role, organisation, name)
    engine.dispose()
    place = place_of(settings.public_url)
    return StaffClient(server.url, place.origin, person, token, cookie_names(place.https).session)

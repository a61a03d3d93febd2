"""The staff's screens over a real database, without a server: people sign in through the real services."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, cast

from litestar.testing import TestClient
from sqlalchemy import Engine

from backend import clock
from backend.app import create_app
from backend.offline.changes_waiting import changes
from backend.offline.desk.deciding import mark
from backend.offline.editions import last_number, load_drafts
from backend.offline.publish import publish
from backend.offline.revisions import draft_revision, save_draft
from backend.offline.signing import load_key
from backend.offline.start import prepare
from backend.settings import Settings
from backend.staff.cookies import cookie_names
from backend.staff.place import place_of
from backend.staff.policy import Person
from backend.storage.documents import load_documents, replace_documents
from backend.storage.engine import writing
from backend.storage.revisions import Key
from backend.web.csrf import FIELD, HEADER, csrf_token
from tests.markup import Element, parse
from tests.staffing import sign_in
from tests.workflow import small_pack


@dataclass
class Worker:
    """Somebody signed in: pages as trees, forms sent as their own pages send them."""

    office: Office
    person: Person
    token: str

    def get(self, path: str, status: int = 200) -> Element:
        answer = self._send("GET", path)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-500:])
        return parse(answer.text or "<p></p>")

    def post(self, path: str, fields: dict[str, str], status: int = 303) -> Any:
        """The answer; no redirect is followed."""
        headers = {"origin": self.office.origin, "content-type": "application/x-www-form-urlencoded"}
        answer = self._send("POST", path, data={**fields, FIELD: csrf_token(self.token)}, headers=headers)
        assert answer.status_code == status, (path, answer.status_code, answer.text[-500:])
        return answer

    def post_json(self, path: str, value: object) -> tuple[int, Any]:
        """Status and answer, as their own script is told them."""
        answer = self._send("POST", path, {"origin": self.office.origin, HEADER: csrf_token(self.token)}, json=value)
        return answer.status_code, answer.json()

    def told(self, answer: Any) -> str:
        """What the page says that an answer leads to."""
        return self.get(answer.headers["location"]).first("main").words

    def sent_to(self, path: str) -> str:
        """Where asking for a page leads."""
        answer = self._send("GET", path)
        assert answer.status_code == 303, (path, answer.status_code)
        return str(answer.headers["location"])

    def _send(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> Any:
        cookie = {"cookie": f"{self.office.cookie}={self.token}"}
        return self.office.client.request(
            method, path, headers=cookie | (headers or {}), follow_redirects=False, **more
        )


class Office:
    def __init__(self, engine: Engine, settings: Settings, client: TestClient[Any]) -> None:
        self.engine, self.settings, self.client = engine, settings, client
        place = place_of(settings.public_url)
        self.origin, self.cookie = place.origin, cookie_names(place.https).session

    def worker(self, role: str, organisation: str | None = None, name: str = "Camille", fresh: bool = True) -> Worker:
        """`fresh`: a passkey was shown a moment ago."""
        moment = clock.now() - timedelta(minutes=0 if fresh else 6)
        person, token = sign_in(self.engine, role, organisation, name, moment)
        return Worker(self, person, token)

    def draft(self, author: Worker | str, key: Key = ("contact", "a"), **values: Any) -> None:
        """What the forms of the desk do in the end."""
        with self.engine.connect() as connection:
            body = next(json.loads(d.body) for d in load_documents(connection) if d.key == key)
        self.draft_text(author, key, json.dumps(body | values))

    def draft_text(self, author: Worker | str, key: Key, body: str | None) -> None:
        """A whole document; None takes it away."""
        person = author if isinstance(author, str) else author.person.id
        with writing(self.engine).begin() as connection:
            save_draft(connection, *key, body, person, draft_revision(connection, *key), clock.now())

    def published(self, key: Key = ("contact", "a")) -> dict[str, Any]:
        with self.engine.connect() as connection:
            found = {d.key: d for d in load_drafts(connection, last_number(connection)) or ()}
        values: dict[str, Any] = json.loads(found[key].body)
        return values

    @property
    def mark(self) -> str:
        """What a publishing screen with every change on it would send back."""
        with self.engine.connect() as connection:
            return mark(changes(connection))

    @property
    def last(self) -> int:
        with self.engine.connect() as connection:
            return last_number(connection)


@contextmanager
def office(engine: Engine, settings: Settings) -> Iterator[Office]:
    """The whole application, in this process, over the small pack published once."""
    key = load_key(settings.keys_dir)
    with writing(engine).begin() as connection:
        replace_documents(connection, small_pack())
    publish(engine, key, settings.exit_url, clock.now(), "première édition")
    prepare(settings, engine, clock.now(), lambda _line: None)
    app = create_app(settings)
    with TestClient(cast(Any, app.rooms)) as client:
        yield Office(engine, settings, client)
    app.engine.dispose()


PUBLISH = {"do": "publier"}


def values_of(tree: Element) -> dict[str, str]:
    """What a browser would post of a page as it stands."""
    return {
        element["name"]: element["value"]
        for element in tree.tags("input")
        if element["type"] != "checkbox" or "checked" in element.attributes
    }

"""The desk over a real database, behind the staff's own door: somebody signed in, who sends forms as a browser does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from litestar import Litestar
from litestar.testing import TestClient
from sqlalchemy import Engine

from backend.offline.desk.room import Room
from backend.offline.desk.routes import desk_routes
from backend.offline.publish import publish
from backend.offline.signing import load_key
from backend.offline.staff_frame import staff_frame
from backend.settings import Settings
from backend.staff.guards import staff_side
from backend.staff.space import Space
from backend.storage.documents import Document, replace_documents
from backend.storage.engine import writing
from backend.web.csrf import FIELD, csrf_token
from tests.markup import Element, parse
from tests.staffing import sign_in

# A Tuesday, nine in the morning in Paris.
MOMENT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FORM = "application/x-www-form-urlencoded"


class Desk:
    """A browser at the desk; pages come back as trees."""

    def __init__(self, client: TestClient[Any], origin: str) -> None:
        self.client = client
        self.origin = {"origin": origin}

    def get(self, path: str) -> tuple[int, Element]:
        answer = self.client.get(path, follow_redirects=False)
        return answer.status_code, parse(answer.text or "<p></p>")

    def send(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, Element]:
        answer = self.post(path, fields, **headers)
        return answer.status_code, parse(answer.text or "<p></p>")

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        """A form as the browser would send it: with the token that stands in the page."""
        token = csrf_token(next(iter(self.client.cookies.values())))
        content = urlencode({FIELD: token, **fields}).encode()
        return self.client.post(
            path, content=content, headers={"content-type": FORM, **self.origin, **headers}, follow_redirects=False
        )

    def revision(self, path: str) -> str:
        """What the form at an address is based on."""
        return fields_of(self.get(path)[1])["revision"]


def fields_of(tree: Element) -> dict[str, str]:
    """What a browser would post of a page as it stands, buttons left out."""
    found: dict[str, str] = {}
    for element in tree.tags("input"):
        if element["type"] != "checkbox" or "checked" in element.attributes:
            found[element["name"]] = element["value"]
    for element in tree.tags("textarea"):
        found[element["name"]] = element.text.removeprefix("\n")
    for element in tree.tags("select"):
        options = element.tags("option")
        chosen = [option for option in options if "selected" in option.attributes]
        found[element["name"]] = (chosen or options)[0]["value"]
    return found


@contextmanager
def desk(
    engine: Engine,
    settings: Settings,
    drafts: list[Document],
    role: str = "administrator",
    organisation: str | None = None,
) -> Iterator[Desk]:
    """Somebody of that role, at the desk over a database whose first edition is these drafts."""
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)
    publish(engine, load_key(settings.keys_dir), settings.exit_url, MOMENT, "première édition")
    _, token = sign_in(engine, role, organisation, moment=MOMENT)
    frame, _ = staff_frame()
    space = Space(engine, settings, frame, now=lambda: MOMENT)
    room = Room(engine, settings, space.now, space.show)
    with TestClient(Litestar([staff_side(space, desk_routes(room))], openapi_config=None)) as client:
        client.cookies.set(space.cookies.session, token)
        yield Desk(client, space.place.origin)

"""The desk's routes over a real database, with the staff's frame and its guards left out: those are tested apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from jinja2 import ChoiceLoader, DictLoader
from litestar import Litestar, Response
from litestar.di import Provide
from litestar.testing import TestClient
from markupsafe import Markup
from sqlalchemy import Engine

from backend.offline.desk.room import Editor, Room
from backend.offline.desk.routes import desk_routes
from backend.offline.publish import publish
from backend.offline.signing import create_key
from backend.offline.templates import environment
from backend.settings import Settings
from backend.storage.documents import Document, replace_documents
from backend.storage.engine import writing
from backend.web.form import read_form
from tests.markup import Element, parse

# A Tuesday, nine in the morning in Paris.
MOMENT = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
FRAME = "<!doctype html><html lang=fr><title>x</title><main>{% block content %}{% endblock %}</main></html>"


@dataclass(frozen=True)
class Person:
    id: str = "camille"


class Desk:
    """A browser at the desk: forms are sent as a browser sends them, and pages come back as trees."""

    def __init__(self, client: TestClient[Any]) -> None:
        self.client = client

    def get(self, path: str) -> tuple[int, Element]:
        answer = self.client.get(path)
        return answer.status_code, parse(answer.text)

    def send(self, path: str, fields: dict[str, str], **headers: str) -> tuple[int, Element]:
        answer = self.post(path, fields, **headers)
        return answer.status_code, parse(answer.text or "<p></p>")

    def post(self, path: str, fields: dict[str, str], **headers: str) -> Any:
        content = urlencode(fields).encode()
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.client.post(path, content=content, headers=kind | headers, follow_redirects=False)

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
    may: Callable[[Editor, str], bool] = lambda person, organisation: True,
    moment: datetime = MOMENT,
) -> Iterator[Desk]:
    """The desk over a database whose first edition is these drafts."""
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)
    key = create_key(settings.keys_dir)
    publish(engine, key, settings.exit_url, moment, "première édition")
    templates = environment()
    templates.loader = ChoiceLoader([DictLoader({"equipe/base.html": FRAME}), templates.loader])  # type: ignore[list-item]
    templates.globals["csrf"] = lambda: Markup("")

    def show(request: Any, template: str, page: Any, status: int) -> Response[Any]:
        text = templates.get_template(template).render(page=page)
        return Response(text, status_code=status, media_type="text/html; charset=utf-8")

    room = Room(engine, settings, lambda: moment, show, may)
    app = Litestar(
        desk_routes(room),
        dependencies={"person": Provide(lambda: Person(), sync_to_thread=False), "posted": Provide(read_form)},
        openapi_config=None,
    )
    with TestClient(app) as client:
        yield Desk(client)

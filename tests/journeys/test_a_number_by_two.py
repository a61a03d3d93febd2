"""Two people and a reader: a number changed at the desk reaches a phone once somebody else has called it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from backend import clock
from backend.offline.revisions import draft_revision, save_draft
from backend.settings import from_environment
from backend.storage.documents import load_documents
from backend.storage.engine import open_engine, writing
from tests.builders import Server
from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.staffing import StaffClient, staff_client

CONTACT = "tj-pontoise"
NEW = "0172587039"


@pytest.fixture
def people(own_server: Server) -> tuple[StaffClient, StaffClient]:
    """An editor and somebody who approves, of one organisation."""
    organisation = _body(own_server)["organisation"]
    return (
        staff_client(own_server, "editor", organisation, "Ana"),
        staff_client(own_server, "approver", organisation, "Ben"),
    )


@pytest.fixture
def desks(chromium: Browser, people: tuple[StaffClient, StaffClient]) -> Iterator[tuple[Page, Page]]:
    contexts: list[BrowserContext] = []
    for person in people:
        context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
        person.enter(context)
        contexts.append(context)
    yield contexts[0].new_page(), contexts[1].new_page()
    for context in contexts:
        context.close()


def _body(server: Server) -> dict[str, Any]:
    engine = _engine(server)
    with engine.connect() as connection:
        body: dict[str, Any] = json.loads(
            next(d.body for d in load_documents(connection) if d.key == ("contact", CONTACT))
        )
    engine.dispose()
    return body


def _engine(server: Server) -> Any:
    return open_engine(from_environment({k: v for k, v in server.environment.items() if k.startswith("APPUI_")}))


def _change_number(server: Server, author: str) -> None:
    engine = _engine(server)
    body = json.dumps(_body(server) | {"value": NEW})
    with writing(engine).begin() as connection:
        revision = draft_revision(connection, "contact", CONTACT)
        save_draft(connection, "contact", CONTACT, body, author, revision, clock.now())
    engine.dispose()


@pytest.mark.browser
def test_a_number_reaches_a_reader_once_somebody_else_has_called(
    own_server: Server, people: tuple[StaffClient, StaffClient], desks: tuple[Page, Page], page: Page
) -> None:
    origin = people[0].origin
    ana, ben = desks
    _change_number(own_server, people[0].person.id)
    ana.goto(f"{origin}/equipe/publier/")
    assert ana.get_by_text("Attend une autre personne").is_visible()
    ben.goto(f"{origin}/equipe/")
    ben.get_by_role("link", name="Relire", exact=True).click()
    ben.get_by_role("link", name="Relire et approuver").click()
    assert ben.locator(".compare.digits mark").count() == 4  # two in the old, two in the new
    ben.get_by_role("button", name="Approuver").click()
    assert ben.get_by_text("Appelez d’abord ce numéro").is_visible()
    ben.get_by_label("J’ai appelé ce numéro pour vérifier").check()
    ben.get_by_role("button", name="Approuver").click()
    assert ben.get_by_text("C’est approuvé.").is_visible()
    ana.goto(f"{origin}/equipe/publier/")
    ana.get_by_role("button", name="Publier").click()
    assert ana.get_by_text("C’est publié.").is_visible()

    def shown() -> bool:
        page.goto(f"{own_server.url}/contacts/{CONTACT}/")
        return page.locator(f'a[href="tel:{NEW}"]').count() > 0

    assert wait_until(shown, 15)


@pytest.mark.browser
def test_closed_this_week_is_a_tap_and_a_confirmation_from_the_first_page(
    own_server: Server, people: tuple[StaffClient, StaffClient], desks: tuple[Page, Page]
) -> None:
    ana = desks[0]
    ana.goto(f"{people[0].origin}/equipe/")
    ana.get_by_role("link", name="Fermé cette semaine").first.click()
    ana.get_by_role("button", name="Publier la fermeture").click()
    assert ana.get_by_text("C’est publié.").is_visible()
    assert _body(own_server)["schedule"]["exceptions"]

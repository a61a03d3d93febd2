"""Every page of the staff space on a narrow phone: no barrier, nothing sideways, nothing too small for a thumb.

The pages are those of the routes themselves: one that is added and never looked at here fails.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from litestar.routes import HTTPRoute
from playwright.sync_api import BrowserContext, Page

from backend import clock
from backend.app import create_app
from backend.offline.revisions import draft_revision, save_draft
from backend.settings import Settings, from_environment
from backend.storage.documents import load_documents
from backend.storage.engine import open_engine, writing
from backend.web.csrf import FIELD
from tests.builders import Server, running_server
from tests.journeys.looks import BROKEN_WORDS, COLOURS, NARROW, SMALL_TARGETS, TAGS, WIDER_THAN_THE_SCREEN, axe_faults
from tests.staffing import staff_client

pytestmark = pytest.mark.browser

# What stands in the addresses of routes, so that each has something to show.
GIVEN = {
    "/equipe/editions/{number:int}/revenir": "/equipe/editions/1/revenir",  # one comes back from the newest
    "/equipe/contacts/{id_:str}": "/equipe/contacts/3018",
    "/equipe/organismes/{id_:str}": "/equipe/organismes/e-enfance",
    "/{kind:str}/{id_:str}": "/contact/3018",
    "{slug:str}": "temoin",
    "{number:int}": "2",
}
NO_PAGE = {"/equipe/journal.jsonl"}  # a file to keep
# The same address shows another page, or has something to choose.
ALSO = (
    "/equipe/contacts/3018/fermer/?quoi=semaine",
    "/equipe/contacts/3018/fermer/?quoi=dates",
    "/equipe/organismes/dcdf/",
    "/equipe/moi/?fait=arrete",
)
WITHOUT_A_SESSION = ("/equipe/", "/equipe/?suite=/equipe/moi/", "/equipe/secours/", "/equipe/invitation/rien-de-tel/")
AN_ADMINISTRATOR_S = 3  # parts, so that two processes share the work


@pytest.fixture(scope="module")
def place(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """Where something has been published, and something else waits for a second person."""
    data_dir = tmp_path_factory.mktemp("pages") / "var"
    shutil.copytree(first_start, data_dir)
    with running_server(data_dir) as running:
        hours = data_dir / "hours.json"
        hours.write_text(json.dumps({"weekly": {"mo": [["03:00", "03:10"]]}}))
        running.command("hours", "set", "3018", str(hours))
        running.command("publish")
        change_the_number(running)
        yield running


def change_the_number(place: Server) -> None:
    somebody = staff_client(place, "editor", "e-enfance", "Ana").person
    engine = open_engine(settings_of(place))
    with writing(engine).begin() as connection:
        body = next(json.loads(d.body) for d in load_documents(connection) if d.key == ("contact", "3018"))
        revision = draft_revision(connection, "contact", "3018")
        text = json.dumps(body | {"value": "0130303030"})
        save_draft(connection, "contact", "3018", text, somebody.id, revision, clock.now())
    engine.dispose()


def settings_of(place: Server) -> Settings:
    return from_environment({name: value for name, value in place.environment.items() if name.startswith("APPUI_")})


def pages(place: Server) -> list[str]:
    """The address of each page of the staff, those that ask for a fresh passkey first."""
    application = create_app(settings_of(place))
    found: dict[str, bool] = {}  # the address, and whether it asks for a fresh passkey
    for route in application.litestar.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/equipe") and route.path not in NO_PAGE:
            for handler in route.route_handlers:
                if "GET" in handler.http_methods and "invitation" not in route.path:
                    found[concrete(route.path)] = bool(handler.opt.get("fresh"))
    application.engine.dispose()
    return sorted(found, key=lambda address: not found[address]) + list(ALSO)


def concrete(path: str) -> str:
    for place, value in GIVEN.items():
        path = path.replace(place, value)
    assert not re.search(r"[{}]", path), f"what stands in {path}? Add it to GIVEN."
    return f"{path}/"


def faults(page: Page, axe: str, dark: bool) -> list[str]:
    """What is wrong with the page that is open; `dark`: in dark colours too."""
    found = [f"sideways: {name}" for name in page.evaluate(WIDER_THAN_THE_SCREEN)]
    found += [f"cut: {word}" for word in page.evaluate(BROKEN_WORDS)]
    whole = page.evaluate("document.scrollingElement.scrollHeight") + 400  # all of it on the screen at once
    page.set_viewport_size({"width": NARROW["width"], "height": whole})
    page.evaluate(axe)
    found += [f"light {fault}" for fault in axe_faults(page, TAGS)]
    found += [f"small target: {name}" for name in page.evaluate(SMALL_TARGETS)]
    if dark:
        page.emulate_media(color_scheme="dark")
        found += [f"dark {fault}" for fault in axe_faults(page, COLOURS)]
        page.emulate_media(color_scheme="light")
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    return found + list(page.evaluate("window.refused || []"))


def looked_at(page: Page, origin: str, addresses: list[str], axe: str, dark: bool) -> dict[str, int]:
    """Look at each; the status of each."""
    statuses, found = {}, []
    for address in addresses:
        answer = page.goto(origin + address)
        assert answer
        assert page.url == origin + address, "another page was shown"
        statuses[address] = answer.status
        found += [f"{address} {fault}" for fault in faults(page, axe, dark)]
    assert found == [], "\n".join(found)
    return statuses


@pytest.mark.parametrize("part", range(AN_ADMINISTRATOR_S))
def test_an_administrator_s_pages(small: BrowserContext, place: Server, axe: str, part: int) -> None:
    person = staff_client(place, "administrator")
    person.enter(small)
    addresses = pages(place)[part::AN_ADMINISTRATOR_S]
    statuses = looked_at(small.new_page(), person.origin, addresses, axe, dark=True)
    assert set(statuses.values()) == {200}, statuses


def test_an_editor_s_pages(small: BrowserContext, place: Server, axe: str) -> None:
    """What an administrator's do not show: other words, fewer choices, a refusal."""
    person = staff_client(place, "editor", "e-enfance")
    person.enter(small)
    answers = {address: person.get(address)[0] for address in pages(place)}
    refused = [address for address, status in answers.items() if status == 403]
    theirs = [address for address, status in answers.items() if status == 200]
    assert len(theirs) >= 15
    assert len(refused) >= 5
    statuses = looked_at(small.new_page(), person.origin, [*theirs, refused[0]], axe, dark=False)
    assert sorted(statuses.values()) == [200] * len(theirs) + [403]


def test_what_only_a_button_shows(small: BrowserContext, place: Server, axe: str) -> None:
    """Printed codes, an invitation to hand over, a form that comes back with its faults."""
    person = staff_client(place, "administrator")
    person.enter(small)
    page, found = small.new_page(), []
    for address, button, shown in (
        ("/equipe/moi/", "Faire de nouveaux codes", ".codes"),
        ("/equipe/personnes/", "Faire un lien d’invitation", ".secret"),
        ("/equipe/organismes/nouveau/", "Enregistrer le brouillon", ".fault"),
    ):
        page.goto(person.origin + address)
        page.evaluate("document.querySelectorAll('form').forEach((form) => { form.noValidate = true; })")
        page.get_by_role("button", name=button).click()
        page.locator(shown).first.wait_for()
        found += [f"{address} then {button}: {fault}" for fault in faults(page, axe, dark=True)]
    assert found == [], "\n".join(found)


# What reaches beyond the card that it stands in.
BEYOND_ITS_CARD = """() => [...document.querySelectorAll(".day *")].filter(e => e.checkVisibility())
  .filter(e => e.getBoundingClientRect().right > e.parentElement.closest(".day").getBoundingClientRect().right - 1)
  .map(e => `${innerWidth}: ${e.closest("fieldset").id} ${e.textContent.trim()}`)"""


def test_the_weeks_of_a_season_stay_within_their_cards(small: BrowserContext, place: Server, axe: str) -> None:
    """Cards within a card: the narrowest place that there is. With words on what did not go, too."""
    person = staff_client(place, "administrator")
    person.enter(small)
    page, found = small.new_page(), []
    page.goto(f"{person.origin}/equipe/contacts/3018/horaires/")
    page.get_by_role("button", name="Ajouter une saison").click()
    for day, added in (("mo", 1), ("tu", 0)):  # a new season has a slot on its first day
        page.locator(f"#season-0-{day}").get_by_role("button", name="Ajouter une plage").click()
        page.locator(f"[name='season.0.{day}.{added}.start']").wait_for()
    for width in (320, 360, 640, 1000):
        page.set_viewport_size({"width": width, "height": 740})
        found += [*page.evaluate(BEYOND_ITS_CARD), *page.evaluate(WIDER_THAN_THE_SCREEN)]
    page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    page.route("**/horaires/", lambda route: route.abort())
    page.get_by_role("button", name="Publier", exact=True).click()
    page.get_by_text("Ce n’est peut-être pas parti.").wait_for()
    assert found + faults(page, axe, dark=True) == []


@pytest.mark.parametrize("over", [False, True], ids=["renewed", "over"])
def test_the_page_that_gives_a_form_back(small: BrowserContext, place: Server, axe: str, over: bool) -> None:
    person = staff_client(place, "administrator")
    person.enter(small)
    page = small.new_page()
    page.goto(f"{person.origin}/equipe/organismes/nouveau/")
    page.get_by_label("Nom", exact=True).fill("Une association")
    if over:
        replace(person, token="A" * len(person.token)).enter(small)
    else:
        page.locator(f"form.form [name={FIELD}]").evaluate("(field) => { field.value = 'of another session'; }")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    page.locator("form[data-kept]").wait_for()
    assert faults(page, axe, dark=True) == []


def test_pages_without_a_session(small: BrowserContext, place: Server, axe: str) -> None:
    link = place.command("invite", "--role", "administrator").stdout.strip()
    origin = staff_client(place, "administrator").origin
    addresses = [*WITHOUT_A_SESSION, link.removeprefix(origin)]
    statuses = looked_at(small.new_page(), origin, addresses, axe, dark=True)
    assert sorted(statuses.values()) == [200, 200, 200, 200, 410]

"""Somebody of an association at the desk, on a phone: closing the week, changing hours, with script and without."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.builders import Server, running_server
from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.staffing import StaffClient, staff_client

pytestmark = pytest.mark.browser

ORGANISATION, CONTACT = "e-enfance", "3018"
HOURS = f"/equipe/contacts/{CONTACT}/horaires/"
WATCH = "addEventListener('securitypolicyviolation', (e) => (window.refused ||= []).push(e.violatedDirective))"


@pytest.fixture(scope="module")
def place(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for the module: its tests change different things."""
    data_dir = tmp_path_factory.mktemp("desk") / "var"
    shutil.copytree(first_start, data_dir)
    with running_server(data_dir) as running:
        yield running


@pytest.fixture(scope="module")
def editor(place: Server) -> StaffClient:
    return staff_client(place, "editor", ORGANISATION)


@pytest.fixture(params=[True, False], ids=["with script", "without"])
def phone(request: pytest.FixtureRequest, chromium: Browser, editor: StaffClient) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=request.param)  # type: ignore[arg-type]
    editor.enter(context)
    yield context.new_page()
    context.close()


def test_the_week_is_closed_in_two_taps_and_a_confirmation(phone: Page, editor: StaffClient, place: Server) -> None:
    started = time.monotonic()
    phone.goto(f"{editor.origin}/equipe/")
    phone.get_by_role("link", name="Fermé cette semaine : 3018").click()
    phone.get_by_role("heading", name="Fermer cette semaine").wait_for()
    assert "fermé, au lieu de" in phone.inner_text("main") or "Déjà fermé" in phone.inner_text("main")
    phone.get_by_role("button", name="Publier la fermeture").click()
    phone.get_by_text("C’est publié").wait_for()
    assert time.monotonic() - started < 20
    wait_until(lambda: "fermé" in place.get(f"/contacts/{CONTACT}/")[2].decode(), 10)


def test_the_button_that_publishes_is_on_the_first_screens(phone: Page, editor: StaffClient) -> None:
    phone.goto(f"{editor.origin}/equipe/contacts/{CONTACT}/fermer/?quoi=semaine")
    box = phone.get_by_role("button", name="Publier la fermeture").bounding_box()
    assert box
    assert box["y"] + box["height"] < 2 * PHONE["height"]


def test_hours_are_changed_and_seen_before_they_are_kept(phone: Page, editor: StaffClient) -> None:
    phone.goto(f"{editor.origin}{HOURS}")
    monday = phone.get_by_role("group", name="Lundi", exact=True)
    monday.get_by_role("button", name="Ajouter une plage").click()
    added = phone.locator("[name='mo.1.start']")
    added.wait_for()
    assert added.evaluate("field => field === document.activeElement") or added.get_attribute("autofocus") is not None
    phone.locator("[name='mo.0.end']").fill("12h")
    added.fill("14 h - 18h30")
    phone.get_by_role("button", name="Voir", exact=True).click()
    phone.get_by_text(
        "Le lundi : de 9 h à 12 h et de 14 h à 18 h 30".replace(" h", "\u00a0h").replace("h 30", "h\u00a030")
    ).wait_for()
    phone.get_by_text("La page comme les lecteurs la verront").click()
    assert "14" in phone.locator(".reader .week").inner_text()
    phone.get_by_role("button", name="Garder en brouillon").click()
    phone.get_by_text("gardé en brouillon").wait_for()
    phone.goto(f"{editor.origin}{HOURS}")
    assert phone.locator("[name='mo.1.end']").input_value() == "18h30"
    # As it was, for the next one.
    phone.get_by_role("button", name="Retirer la plage 2, Lundi").click()
    phone.locator("[name='mo.1.start']").wait_for(state="detached")
    phone.locator("[name='mo.0.end']").fill("23h")
    phone.get_by_role("button", name="Garder en brouillon").click()
    phone.get_by_text("gardé en brouillon").wait_for()


def test_a_mistake_comes_back_under_its_field(phone: Page, editor: StaffClient) -> None:
    phone.goto(f"{editor.origin}{HOURS}")
    phone.locator("[name='tu.0.end']").fill("8h")
    phone.locator("[name='note']").fill("Sonnez deux fois.")
    phone.get_by_role("button", name="Publier", exact=True).click()
    phone.locator("#tu-0-end-faute").wait_for()
    assert "jusqu’au lendemain" in phone.inner_text("#tu-0-end-faute")
    assert phone.locator("[name='note']").input_value() == "Sonnez deux fois."


def test_what_is_typed_shows_at_once_as_readers_will_read_it(chromium: Browser, editor: StaffClient) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    editor.enter(context)
    page = context.new_page()
    page.goto(f"{editor.origin}{HOURS}")
    page.locator("[name='sa.0.end']").fill("20h")
    page.locator("#apercu").get_by_text("Le samedi :").wait_for()
    assert page.locator("[name='sa.0.end']").evaluate("field => field === document.activeElement")
    page.locator("#public").select_option("own")
    page.get_by_role("group", name="Heures des jours fériés").wait_for()
    assert page.locator("[name='sa.0.end']").input_value() == "20h"
    assert page.evaluate("window.refused || []") == []
    context.close()

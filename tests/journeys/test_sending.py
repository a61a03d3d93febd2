"""A form of the staff whose answer does not come, or is not ours: it stays, says so, and can be sent again."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from backend.web.csrf import FIELD
from tests.builders import running_server
from tests.chromium import PHONE
from tests.desk import fields_of
from tests.journeys.waiting import wait_until
from tests.markup import parse
from tests.staffing import StaffClient, staff_client

pytestmark = pytest.mark.browser

CONTACT = "/equipe/contacts/3018/"
HOURS, CARD, CLOSING = f"{CONTACT}horaires/", f"{CONTACT}fiche/", f"{CONTACT}fermer/"
WATCH = "addEventListener('securitypolicyviolation', (e) => (window.refused ||= []).push(e.violatedDirective))"
BAD_GATEWAY: dict[str, Any] = {"status": 502, "content_type": "text/plain", "body": "Bad Gateway"}
PORTAL: dict[str, Any] = {
    "content_type": "text/html",
    "body": '<main id="contenu">Bienvenue sur ce réseau</main>',
}
FAILURES: dict[str, Callable[[Route], None]] = {
    "no network": lambda route: route.abort("internetdisconnected"),
    "too many": lambda route: route.fulfill(status=429, content_type="text/plain", body="Trop de demandes."),
    "busy": lambda route: route.fulfill(status=503, content_type="text/plain", body="Réessayez."),
    "a proxy": lambda route: route.fulfill(**BAD_GATEWAY),
    "a portal": lambda route: route.fulfill(**PORTAL),
}


@pytest.fixture(scope="module")
def editor(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StaffClient]:
    data_dir = tmp_path_factory.mktemp("sending") / "var"
    shutil.copytree(first_start, data_dir)
    with running_server(data_dir) as running:
        yield staff_client(running, "administrator")


@pytest.fixture
def phone(chromium: Browser, editor: StaffClient) -> Iterator[Page]:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    editor.enter(context)
    page = context.new_page()
    yield page
    assert page.evaluate("window.refused || []") == []
    context.close()


def open_form(page: Page, editor: StaffClient, path: str) -> None:
    page.goto(f"{editor.origin}{path}")
    page.wait_for_function("() => window.htmx && document.querySelector('[data-htmx-powered]')")


def posts(page: Page, fail: Callable[[Route], None]) -> None:
    """From now on, what is sent fails so."""
    page.unroute_all()
    page.route("**/equipe/**", lambda route: fail(route) if route.request.method == "POST" else route.continue_())


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


@pytest.mark.parametrize("fail", FAILURES.values(), ids=FAILURES)
def test_hours_that_do_not_go_stay_as_typed_and_go_later(
    phone: Page, editor: StaffClient, fail: Callable[[Route], None]
) -> None:
    open_form(phone, editor, HOURS)
    posts(phone, fail)
    phone.locator("[name='note']").fill("Sonnez deux fois.")
    phone.locator("#apercu").get_by_text("L’aperçu n’a pas pu suivre").wait_for()
    press(phone, "Voir")
    said = phone.get_by_role("alert")
    expect(said).to_contain_text("Ce n’est pas parti.")
    expect(said).to_contain_text("Rien de ce que vous avez écrit n’est perdu.")
    expect(said).to_be_focused()
    assert phone.locator("[name='note']").input_value() == "Sonnez deux fois."
    phone.unroute_all()
    said.get_by_role("button", name="Réessayer").click()
    expect(said).to_have_count(0)
    expect(phone.locator("#apercu")).not_to_contain_text("n’a pas pu suivre")
    assert phone.locator("[name='note']").input_value() == "Sonnez deux fois."


def test_nothing_is_pressed_or_typed_into_a_form_that_is_being_replaced(phone: Page, editor: StaffClient) -> None:
    """The answer brings the form anew: a second « Ajouter une plage », too early, went with the old one."""
    open_form(phone, editor, HOURS)
    asked: list[Route] = []
    phone.route("**/horaires/", lambda route: asked.append(route))
    for day in ("mo", "tu"):
        phone.locator(f"#{day}").get_by_role("button", name="Ajouter une plage").click(no_wait_after=True)
        assert wait_until(lambda: phone.evaluate("document.getElementById('editeur').inert") and asked, 10)
        asked.pop().continue_()
        phone.locator(f"[name='{day}.1.start']").wait_for()
        assert not phone.evaluate("document.getElementById('editeur').inert")
    phone.unroute_all()
    posts(phone, FAILURES["no network"])
    phone.locator("#mo").get_by_role("button", name="Ajouter une plage").click()
    expect(phone.get_by_role("alert")).to_be_focused()


def test_the_preview_comes_back_once_the_server_does(phone: Page, editor: StaffClient) -> None:
    open_form(phone, editor, HOURS)
    before = phone.locator("#apercu").inner_text()
    posts(phone, FAILURES["a proxy"])
    phone.locator("[name='sa.0.end']").fill("20h")
    stale = phone.locator("#apercu").get_by_text("L’aperçu n’a pas pu suivre")
    stale.wait_for()
    assert before in phone.locator("#apercu").inner_text()
    assert phone.locator("[name='sa.0.end']").evaluate("field => field === document.activeElement")
    phone.unroute_all()
    phone.locator("[name='sa.0.end']").fill("21h")
    phone.locator("#apercu").get_by_text("21\u00a0h").first.wait_for()
    expect(stale).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "field", "button"),
    [
        (HOURS, "note", "Publier"),
        (f"{CLOSING}?quoi=dates", "reason", "Publier la fermeture"),
        ("/equipe/publier/", "message", "Publier"),
    ],
)
def test_a_publication_without_an_answer_sends_to_the_editions(
    phone: Page, editor: StaffClient, path: str, field: str, button: str
) -> None:
    other = "/equipe/contacts/3919/fiche/"  # of which there is something to publish
    typed = fields_of(parse(editor.get(other)[2].decode())) | {"do": "save", "expect": "On vous écoute."}
    assert editor.post(other, {name: text for name, text in typed.items() if name != FIELD})[0] == 303
    open_form(phone, editor, path)
    phone.locator(f"[name='{field}']").fill("Congés")
    posts(phone, FAILURES["no network"])
    press(phone, button)
    said = phone.get_by_role("alert")
    expect(said).to_contain_text("Ce n’est peut-être pas parti.")
    expect(said).to_contain_text("regardez «\u00a0Éditions\u00a0» avant d’appuyer de nouveau")
    expect(said).to_be_focused()
    assert said.get_by_role("link").get_attribute("href") == "/equipe/editions/"
    assert phone.locator(f"[name='{field}']").input_value() == "Congés"
    # What answers that it did nothing leaves no doubt.
    posts(phone, FAILURES["too many"])
    press(phone, button)
    expect(said).to_contain_text("Ce n’est pas parti. Il y a eu trop de demandes")
    expect(said).to_have_count(1)


@pytest.mark.parametrize(
    ("path", "field", "button"),
    [
        (CARD, "expect", "Enregistrer le brouillon"),
        (f"{CONTACT}retirer/", "withdrawn", "Retirer ce contact"),
        ("/equipe/guides/preuves/", "text", "Enregistrer le brouillon"),
        ("/equipe/organismes/e-enfance/", "about", "Enregistrer le brouillon"),
    ],
)
def test_other_forms_stay_too(phone: Page, editor: StaffClient, path: str, field: str, button: str) -> None:
    open_form(phone, editor, path)
    phone.locator(f"[name='{field}']").fill("Long à écrire.")
    for name in ("no network", "busy", "a portal"):
        posts(phone, FAILURES[name])
        press(phone, button)
        expect(phone.get_by_role("alert")).to_contain_text("Rien de ce que vous avez écrit n’est perdu.")
        expect(phone.get_by_role("alert")).to_be_focused()
        assert phone.locator(f"[name='{field}']").input_value() == "Long à écrire."
        assert phone.url == f"{editor.origin}{path}"


def test_under_way_it_says_so_and_is_sent_once(phone: Page, editor: StaffClient) -> None:
    open_form(phone, editor, f"{CLOSING}?quoi=dates")
    held: list[Route] = []
    posts(phone, held.append)
    press(phone, "Publier la fermeture")
    working = phone.get_by_role("button", name="Publication en cours…")
    expect(working).to_have_attribute("aria-disabled", "true")
    assert phone.locator("#fermer").get_attribute("aria-busy") == "true"
    working.dispatch_event("click")
    phone.locator("[name='reason']").press("Enter")
    phone.wait_for_timeout(300)
    assert len(held) == 1
    held[0].continue_()
    phone.get_by_text("C’est publié").wait_for()


def test_an_answer_in_time_is_waited_for_longer_than_a_small_machine_takes(phone: Page, editor: StaffClient) -> None:
    """A writer waits up to twenty seconds for another one, then publishes."""
    open_form(phone, editor, f"{CLOSING}?quoi=dates")
    assert phone.evaluate("htmx.config.defaultTimeout") >= 45_000
    phone.evaluate("htmx.config.defaultTimeout = 300")
    posts(phone, lambda _: None)
    press(phone, "Publier la fermeture")
    expect(phone.get_by_role("alert")).to_contain_text("Le serveur n’a pas répondu.")
    expect(phone.get_by_role("button", name="Publier la fermeture")).not_to_have_attribute("aria-disabled", "true")


def test_faults_come_back_on_the_page(phone: Page, editor: StaffClient) -> None:
    open_form(phone, editor, CARD)
    phone.locator("[name='label']").fill("")
    press(phone, "Enregistrer le brouillon")
    expect(phone.get_by_role("alert")).to_contain_text("Un point à corriger")
    expect(phone.get_by_role("alert")).to_be_focused()
    phone.locator("[name='label']").fill("3018 – Violences numériques")
    phone.locator("[name='expect']").fill("Une personne vous répond.")
    press(phone, "Voir")
    phone.get_by_role("heading", name="La page comme les lecteurs la verront").wait_for()
    press(phone, "Enregistrer le brouillon")
    phone.get_by_text("gardé en brouillon").wait_for()
    assert phone.url.startswith(f"{editor.origin}{CONTACT}?fait=")

"""Passkeys in real Chromium, with a virtual authenticator: the first link, coming back, a second key, inviting."""

from __future__ import annotations

from playwright.sync_api import expect
from sqlalchemy import update

from backend.settings import from_environment
from backend.staff.tables import staff_sessions
from backend.storage.engine import open_engine, writing
from tests.builders import Server
from tests.journeys.desks import Desks


def first_link(server: Server) -> str:
    return server.command("invite", "--role", "administrator").stdout.strip().splitlines()[-1]


def test_from_the_first_link_to_a_colleague(own_server: Server, desks: Desks) -> None:
    link = first_link(own_server)
    assert link.startswith(f"http://localhost:{own_server.port}/equipe/invitation/")
    own_server.get(link.removeprefix(f"http://localhost:{own_server.port}"))  # a previewer uses nothing
    first = desks()
    first.enrol(link, "Camille")
    page = first.page
    page.get_by_role("button", name="Se déconnecter", exact=True).click()
    first.sign_in()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bonjour Camille")
    expect(page.get_by_text("Vous n’avez qu’une clé d’accès")).to_be_visible()
    # A second key, on another device.
    first.unplug(first.device)
    first.plug()
    page.get_by_role("link", name="Camille").click()
    page.get_by_label("Nom de la nouvelle clé").fill("Clé du tiroir")
    page.get_by_role("button", name="Ajouter une clé").click()
    expect(page.locator("b", has_text="Clé du tiroir")).to_be_visible()
    # A colleague, in another browser.
    invitation = first.invite("editor")
    colleague = desks()
    colleague.enrol(invitation, "Dominique")
    assert colleague.page.get_by_role("link", name="Journal").count() == 0
    # The link has been used.
    third = desks()
    answer = third.page.goto(invitation)
    assert answer
    assert answer.status == 410
    page.goto(f"http://localhost:{own_server.port}/equipe/journal/")
    expect(page.get_by_text("rejoint l’équipe").first).to_be_visible()


def test_a_device_that_does_not_check_its_holder_is_refused(own_server: Server, desks: Desks) -> None:
    desk = desks()
    desk.unplug(desk.device)
    desk.plug(hasUserVerification=False, isUserVerified=False)
    desk.page.goto(first_link(own_server))
    desk.page.get_by_label("Votre nom").fill("Camille")
    desk.page.get_by_role("button", name="Créer ma clé").click()
    expect(desk.page.locator("[data-passkey-fault]")).not_to_be_empty()
    expect(desk.page).not_to_have_url("/equipe/moi/")


def test_hours_typed_for_longer_than_a_session_come_back_after_signing_in(own_server: Server, desks: Desks) -> None:
    desk = desks()
    desk.enrol(first_link(own_server), "Camille")
    page = desk.page
    page.goto(f"http://localhost:{own_server.port}/equipe/contacts/3018/horaires/")
    note = page.get_by_label("Une note pour les lecteurs")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        note.press_sequentially("Fermé pendant")  # the preview follows: htmx is there
    end_every_session(own_server)
    with page.expect_navigation():
        note.press_sequentially(" le marché")  # asked for the preview, the server knows nobody any more
    expect(page.get_by_role("heading", level=1)).to_have_text("Votre session est finie")
    page.get_by_role("button", name="Entrer et reprendre").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Changer les horaires")
    assert note.input_value().startswith("Fermé pendant")
    page.get_by_role("button", name="Garder en brouillon").click()
    expect(page.get_by_text("C’est gardé en brouillon")).to_be_visible()


def end_every_session(server: Server) -> None:
    settings = from_environment({k: v for k, v in server.environment.items() if k.startswith("APPUI_")})
    engine = open_engine(settings)
    with writing(engine).begin() as connection:
        connection.execute(update(staff_sessions).values(seen=1_000_000))
    engine.dispose()

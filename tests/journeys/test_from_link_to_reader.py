"""From the link that a first start prints to a reader's phone: four people, four browsers, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from backend.settings import Settings
from tests.builders import Server, running_server
from tests.journeys.desks import Desk, Desks, printed_link
from tests.journeys.waiting import wait_until

pytestmark = pytest.mark.browser
ORGANISATION = CONTACT = "tj-pontoise"
NEW = "0172587039"


@pytest.fixture
def fresh(settings: Settings) -> Iterator[Server]:
    """A server that nobody has ever started."""
    with running_server(settings.data_dir, APPUI_DATABASE_URL=settings.database_url) as running:
        yield running


def test_a_number_reaches_a_reader_once_somebody_else_has_called(fresh: Server, desks: Desks, page: Page) -> None:
    camille, ana, ben = desks(), desks(), desks()
    camille.enrol(printed_link(fresh), "Camille")
    ana.enrol(camille.invite("editor", ORGANISATION), "Ana")
    ben.enrol(camille.invite("approver", ORGANISATION), "Ben")
    ana.go(f"/equipe/contacts/{CONTACT}/fiche/")
    ana.page.get_by_label("Le numéro, ou l’adresse").fill("01 72 58 70 39")
    ana.page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(ana.page.get_by_text("Une autre personne vérifiera")).to_be_visible()
    ana.go("/equipe/publier/")
    expect(ana.page.get_by_text("Attend une autre personne")).to_be_visible()
    approve(ben)
    ana.go("/equipe/publier/")
    ana.page.get_by_role("button", name="Publier").click()
    expect(ana.page.get_by_text("C’est publié.")).to_be_visible()

    def shown() -> bool:
        page.goto(f"{fresh.url}/contacts/{CONTACT}/")
        return page.locator(f'a[href="tel:{NEW}"]').count() > 0

    assert wait_until(shown, 15)


def approve(ben: Desk) -> None:
    """Compared digit by digit, and not before it was called."""
    ben.go("/equipe/")
    ben.page.get_by_role("link", name="Relire", exact=True).click()
    ben.page.get_by_role("link", name="Relire et approuver").click()
    expect(ben.page.locator(".compare.digits mark")).to_have_count(4)  # two in the old, two in the new
    ben.page.get_by_role("button", name="Approuver").click()
    expect(ben.page.get_by_text("Appelez d’abord ce numéro")).to_be_visible()
    ben.page.get_by_label("J’ai appelé ce numéro pour vérifier").check()
    ben.page.get_by_role("button", name="Approuver").click()
    expect(ben.page.get_by_text("C’est approuvé.")).to_be_visible()

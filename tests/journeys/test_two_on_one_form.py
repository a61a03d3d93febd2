"""Two people change one contact's hours at the same time: the second sees it, and loses nothing of what they wrote."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page

from tests.builders import Server
from tests.chromium import PHONE
from tests.staffing import staff_client

pytestmark = pytest.mark.browser

ORGANISATION, HOURS = "e-enfance", "/equipe/contacts/3018/horaires/"
BEN_WROTE = "Fermé pendant le marché."
ANA_WROTE = "Sonnez deux fois."


@pytest.fixture(params=[True, False], ids=["with script", "without"])
def forms(request: pytest.FixtureRequest, chromium: Browser, own_server: Server) -> Iterator[tuple[Page, Page]]:
    """Ana's form and Ben's, both open before either is sent."""
    pages = []
    for name in ("Ana", "Ben"):
        client = staff_client(own_server, "editor", ORGANISATION, name)
        context = chromium.new_context(viewport=PHONE, java_script_enabled=request.param)  # type: ignore[arg-type]
        client.enter(context)
        page = context.new_page()
        page.goto(f"{client.origin}{HOURS}")
        pages.append(page)
    yield pages[0], pages[1]
    for page in pages:
        page.context.close()


def keep(page: Page, note: str) -> None:
    page.locator("[name='note']").fill(note)
    page.get_by_role("button", name="Garder en brouillon").click()


def reopen(page: Page) -> None:
    page.goto(urljoin(page.url, HOURS))


def test_the_second_sees_what_the_first_wrote_and_chooses(forms: tuple[Page, Page]) -> None:
    ana, ben = forms
    keep(ben, BEN_WROTE)
    ben.get_by_text("gardé en brouillon").wait_for()
    keep(ana, ANA_WROTE)
    warned = ana.get_by_role("alert").filter(has_text="Quelqu’un d’autre a changé ce contenu")
    warned.wait_for()
    assert BEN_WROTE in warned.inner_text()
    assert ana.locator("[name='note']").input_value() == ANA_WROTE, "what was typed is still there"
    reopen(ben)
    assert ben.locator("[name='note']").input_value() == BEN_WROTE, "nothing was replaced unseen"
    ana.get_by_role("button", name="Garder en brouillon").click()
    ana.get_by_text("gardé en brouillon").wait_for()
    reopen(ben)
    assert ben.locator("[name='note']").input_value() == ANA_WROTE

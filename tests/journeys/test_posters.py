"""Posters: what hangs on a wall is confirmed, dated, fits its paper, and its code leads somewhere."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from tests.builders import Server
from tests.journeys.looks import TAGS, axe_faults

pytestmark = pytest.mark.browser

POSTERS = ("/affiche/", "/organismes/e-enfance/affiche/", "/organismes/tj-pontoise/affiche/")


@pytest.mark.parametrize("url", POSTERS)
def test_a_poster_holds_numbers_hours_a_code_and_its_dates(page: Page, server: Server, url: str, axe: str) -> None:
    page.goto(server.url + url)
    text = page.inner_text("body")
    assert re.search(r"Édition 1 du \d+\S*\s\w+\s\d{4}\. À remplacer avant le \d", text)
    assert page.locator("footer svg path").count() >= 1
    assert f"{server.url}/contacts/" in text
    assert "CIDFF" not in text, "nobody confirmed it"
    assert page.locator(".number, .urgent b").count() >= 1
    page.evaluate(axe)
    assert axe_faults(page, TAGS) == []


def test_it_is_printed_on_few_sheets(page: Page, server: Server) -> None:
    for url, most in ((POSTERS[0], 2), (POSTERS[1], 1)):
        page.goto(server.url + url)
        sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
        assert 1 <= sheets <= most, url


def test_what_cannot_be_hung_is_not_made(server: Server) -> None:
    for url in ("/organismes/dcdf/affiche/", "/organismes/nulle-part/affiche/", "/organismes/cidff-95/affiche/"):
        assert server.get(url)[0] == 404


def test_no_rule_of_content_security_is_broken(page: Page, server: Server) -> None:
    """JSON-LD is data and the code is drawn inline: neither may be refused, nor swapped in as a script."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    for url in ("/contacts/3018/", "/affiche/"):
        page.goto(server.url + url)
    page.goto(server.url + "/contacts/")
    page.wait_for_function("() => window.htmx")
    page.locator('.card h3 a[href="/contacts/3018/"]').click()
    page.wait_for_function("() => location.pathname === '/contacts/3018/'")
    assert said == []
    assert page.locator('head script[type="application/ld+json"]').count() <= 1

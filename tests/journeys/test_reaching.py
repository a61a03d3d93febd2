"""Reading with a keyboard: what has the focus is never under a bar. And the same eyes in Firefox."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from tests.builders import Server
from tests.journeys.looks import FOCUSED

pytestmark = pytest.mark.browser

MOST_STOPS = 160


def stops(page: Page, key: str) -> list[dict[str, Any]]:
    """Where the keyboard stops, from one end of the page to the other."""
    found: list[dict[str, Any]] = []
    for _ in range(MOST_STOPS):
        page.keyboard.press(key)
        stop = page.evaluate(FOCUSED)
        if stop is None:  # round to the browser's own bars
            return found
        found.append(stop)
    raise AssertionError("the keyboard never comes to an end")


@pytest.mark.parametrize("noted", [True, False], ids=["first visit", "later visit"])
@pytest.mark.parametrize("path", ["/", "/guides/images/", "/contacts/cidff-95/"])
def test_what_has_the_focus_is_never_under_a_bar(page: Page, site: Server, path: str, noted: bool) -> None:
    page.goto(site.url + path)
    if not noted:
        page.locator("[data-dismiss]").click()
        page.goto(site.url + path)
    forwards, backwards = stops(page, "Tab"), stops(page, "Shift+Tab")
    assert len(forwards) > 12
    bad = [
        f"{way} {stop['name']} under {stop['covered']}, inside {stop['inside']}"
        for way, found in (("Tab", forwards), ("Shift+Tab", backwards))
        for stop in found
        if stop["covered"] or not stop["inside"] or not stop["reached"]
    ]
    assert bad == []
    assert [stop["name"] for stop in forwards if not stop["outlined"]] == [], "and one sees where it is"

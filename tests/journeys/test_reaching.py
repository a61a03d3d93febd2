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
    if not noted:
        page.goto(site.url + "/guides/")
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


# On how many lines each number to press stands.
LINES_OF_NUMBERS = r"""() => [...document.querySelectorAll("a.call")].flatMap((button) => {
  const text = [...button.childNodes].find((node) => /\d/.test(node.textContent) && node.nodeType === Node.TEXT_NODE);
  if (!text || !button.checkVisibility()) return [];
  const range = document.createRange();
  range.setStart(text, text.data.search(/\d/));
  range.setEnd(text, text.data.trimEnd().length);
  return [new Set([...range.getClientRects()].map((line) => Math.round(line.top))).size];
})"""


def test_on_a_small_screen_one_message_at_a_time_and_no_number_is_cut(page: Page, site: Server) -> None:
    page.set_viewport_size({"width": 320, "height": 740})
    page.goto(site.url + "/contacts/")
    # At once: the page's own script may hide one again at any moment.
    shown = page.evaluate("""() => [...document.querySelectorAll(".strips > *")]
      .map((strip) => { strip.hidden = false; return strip; })
      .filter((strip) => strip.checkVisibility()).map((strip) => strip.textContent)""")
    assert len(shown) == 1
    assert "Un numéro a pu changer" in shown[0], "what matters most comes first"
    lines = page.evaluate(LINES_OF_NUMBERS)
    assert len(lines) > 10
    assert set(lines) == {1}


def test_on_paper_the_questions_come_with_the_numbers_and_without_the_answers(page: Page, site: Server) -> None:
    page.goto(site.url + "/guides/images/#r1")
    assert page.locator(".paper").is_hidden()
    page.emulate_media(media="print")
    assert page.locator(".answer:visible").count() == 0
    assert page.locator(".sorter h3:visible").count() >= 5
    assert page.locator(".paper").inner_text().replace("\u00a0", " ") == "3018 · 116 006 · 3114"

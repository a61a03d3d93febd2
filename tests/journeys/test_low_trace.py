"""A visit leaves one entry in the tab's history and nothing in the browser but the stored pages."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.builders import Server
from tests.chromium import wait_stored
from tests.journeys.neutral import NeutralSite
from tests.journeys.visits import TOUR, entries, left_behind, move

pytestmark = pytest.mark.browser


def test_a_visit_is_one_entry_of_the_history_and_leaves_nothing_but_the_pages(
    page: Page, context: BrowserContext, site: Server, start_site: NeutralSite
) -> None:
    page.goto(start_site.url)
    page.goto(site.url + "/")
    wait_stored(page)
    lengths, titles = {page.evaluate("history.length")}, [page.title()]
    for link, path in TOUR:
        move(page, link, path)
        lengths.add(page.evaluate("history.length"))
        titles.append(page.title())
    assert len(lengths) == 1, "following links adds no entry"
    assert [url for url in entries(page) if url.startswith(site.url)] == [site.url + "/"]
    assert titles[:3] == ["Accueil · Appui", "Guides · Appui", "Ne pas céder · Appui"]
    assert all(one != other for one, other in pairwise(titles)), "each move changes the title"
    # No choice was made: neither cookie nor storage identifier, only what makes the pages readable offline.
    assert left_behind(page, context) == {"caches": ["contenu-1"], "workers": 1}


def test_questions_and_links_inside_a_page_add_no_entry(page: Page, site: Server) -> None:
    page.goto(site.url + "/guides/images/")
    length = page.evaluate("history.length")
    last = ""
    for _ in range(2):
        before, last = last, page.evaluate("location.hash")
        choice = page.locator(".sorter section:visible .choices a").first
        anchor = choice.get_attribute("href") or ""
        choice.click()
        page.wait_for_function("hash => location.hash === hash", arg=anchor)
        assert page.locator(anchor).is_visible()
        assert page.evaluate("document.activeElement.id") == anchor[1:], "the answer has the focus"
    assert (before, last) == ("", "#q2")
    page.get_by_role("link", name="‹ Question d’avant").click()
    page.wait_for_function("hash => location.hash === hash", arg=last)
    page.get_by_role("link", name="Recommencer").click()
    page.locator(".sorter .all a").click()
    page.keyboard.press("Tab")
    assert page.evaluate("history.length") == length
    assert len([url for url in entries(page) if url.startswith(site.url)]) == 1


def test_following_a_link_moves_the_focus_and_the_top_of_the_page(page: Page, site: Server) -> None:
    page.goto(site.url + "/guides/")
    page.wait_for_function("() => window.htmx")
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    link = page.locator('.door[href="/guides/souffler/"]').first
    link.focus()
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => document.activeElement?.id === 'contenu' && location.pathname === '/guides/souffler/'"
    )
    assert page.evaluate("scrollY") == 0
    assert page.locator("h1").inner_text()
    assert page.title() != "Guides · Appui"
    # A link that names a place on another page leads the focus there.
    move(page, ".footer a[href='/quitter/']", "/quitter/")
    page.locator("a[href='/reglages/#effacer']").click()
    page.wait_for_function("() => location.hash === '#effacer' && document.activeElement?.id === 'effacer'")


def test_the_setting_brings_the_ordinary_back_button(page: Page, context: BrowserContext, site: Server) -> None:
    page.goto(site.url + "/reglages/")
    page.locator('[data-setting="retour"]').check()
    page.wait_for_load_state()
    page.wait_for_function("() => !document.body.hasAttribute('hx-boost:inherited')")
    before = page.evaluate("history.length")
    page.locator('.tabs a[href="/guides/"]').click()
    page.wait_for_url(site.url + "/guides/")
    page.locator('.door[href="/guides/pressions/"]').click()
    page.wait_for_url(site.url + "/guides/pressions/")
    assert page.evaluate("history.length") == before + 2
    page.go_back()
    assert page.url == site.url + "/guides/"
    page.go_back()
    assert page.url == site.url + "/reglages/"
    assert page.locator('[data-setting="retour"]').is_checked()
    page.locator('[data-setting="retour"]').uncheck()
    page.wait_for_function("() => document.body.hasAttribute('hx-boost:inherited')")
    assert left_behind(page, context).get("local") == ["reglages"], "one choice, one key"


def test_the_first_visit_says_it_once(page: Page, context: BrowserContext, site: Server) -> None:
    note = page.locator("[data-first-visit]")
    for path in ("/", "/hors-ligne/"):
        page.goto(site.url + path)
        assert note.count() == 0, "never over the numbers one comes for"
    page.goto(site.url + "/contacts/")
    assert note.is_visible()
    assert "Retour" in note.inner_text()
    assert "le lien en haut" in note.inner_text(), "and says what to use instead"
    move(page, ".tabs a[href='/guides/']", "/guides/")
    assert note.is_visible(), "until one has read it"
    assert page.evaluate("localStorage.length") == 0
    note.locator("[data-dismiss]").click()
    assert note.is_hidden()
    assert page.evaluate("document.activeElement.id") == "contenu", "the focus does not fall back to nothing"
    move(page, '.tabs a[href="/guides/"]', "/guides/")
    assert note.is_hidden()
    again = context.new_page()
    again.goto(site.url + "/contacts/")
    assert again.locator("[data-first-visit]").is_hidden()

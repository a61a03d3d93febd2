"""Looking for a word or a number: on the phone, with or without a network, with or without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.builders import Server
from tests.chromium import wait_stored
from tests.journeys.visits import move

pytestmark = pytest.mark.browser

# What a person types, and the pages of which one has to come first.
ASKED = {
    "harcelement": {"/guides/ecole/", "/guides/premieres-heures/", "/contacts/3018/", "/guides/loi/"},
    "Harcèlement": {"/guides/ecole/", "/guides/premieres-heures/", "/contacts/3018/", "/guides/loi/"},
    "harcellement": {"/guides/ecole/", "/guides/premieres-heures/", "/contacts/3018/", "/guides/loi/"},
    "cidff": {"/contacts/cidff-95/", "/contacts/cidff-95-courriel/"},
    "photo nue": {"/guides/images/"},
    "photo nu": {"/guides/images/"},
    "suicide": {"/contacts/3114/"},
    "je veux mourir": {"/contacts/3114/"},
    "me tuer": {"/contacts/3114/"},
    "mes parents": {"/guides/jeunes/", "/guides/parents/"},
    "fugue": {"/contacts/119/"},
    "mon mec me surveille": {"/guides/couple/"},
    "rumeurs": {"/guides/ecole/"},
    "violé": {"/contacts/viols-femmes-informations/"},
    "insta": {"/guides/signaler/", "/guides/comptes/"},
    "116 006": {"/contacts/116006/"},
    "116006": {"/contacts/116006/"},
    "3018": {"/contacts/3018/"},
    "39 19": {"/contacts/3919/"},
    "snap": {"/guides/ecole/", "/guides/jeunes/", "/guides/signaler/"},
    "chantage": {"/guides/pressions/"},
    "porter plainte": {"/guides/plainte/"},
    "capture d’écran": {"/guides/preuves/"},
    "temoin": {"/guides/temoin/"},
}
FIRST = "() => document.querySelector('[data-search-results]:not([hidden]) a')?.getAttribute('href')"


def answers(page: Page) -> dict[str, str]:
    """For each thing asked: the first address found, once the list is that of the whole word."""
    found = {}
    for asked in ASKED:
        page.locator("#q").fill("")
        page.wait_for_function("() => document.querySelector('[data-search-results]').hidden")
        page.locator("#q").fill(asked)
        page.wait_for_function("() => /réponse/.test(document.querySelector('[data-search-status]').textContent)")
        found[asked] = page.evaluate(FIRST)
    return found


def wrong(found: dict[str, str]) -> list[str]:
    return [f"{asked} → {first}" for asked, first in found.items() if first not in ASKED[asked]]


def test_the_right_page_comes_first_online_and_offline(page: Page, context: BrowserContext, site: Server) -> None:
    page.goto(site.url + "/recherche/")
    assert wrong(answers(page)) == []
    wait_stored(page)
    context.set_offline(True)
    page.goto(site.url + "/recherche/?q=cidff")
    page.wait_for_function("() => location.search === ''")
    page.wait_for_function("() => /cidff/.test(document.querySelector('[data-search-results] a')?.href)")
    assert wrong(answers(page)) == []
    length = page.evaluate("history.length")
    page.locator("[data-search-results] a").first.click()
    page.wait_for_function("() => document.activeElement?.id === 'contenu' && location.pathname !== '/recherche/'")
    assert page.evaluate("history.length") == length, "an answer is followed as any link"


def test_what_matches_nothing_says_so_and_shows_the_list(page: Page, site: Server) -> None:
    page.goto(site.url + "/recherche/")
    page.locator("#q").fill("xyzxyz")
    page.locator("[data-search-empty]").wait_for(state="visible")
    assert page.locator("[data-search-status]").inner_text() == "0 réponses"
    assert page.locator("[data-search-empty] a").evaluate_all("links => links.map((a) => a.getAttribute('href'))") == [
        "tel:3018",
        "tel:116006",
    ]
    assert page.locator("[data-search-all] a:visible").count() > 50
    page.locator("#q").fill("mes parents")
    page.locator("[data-search-all]").wait_for(state="hidden")
    found = page.locator("[data-search-results] a").evaluate_all("links => links.map((a) => a.getAttribute('href'))")
    assert {"/guides/jeunes/", "/guides/parents/"} <= set(found)
    page.locator("#q").fill("")
    page.locator("[data-search-all]").wait_for(state="visible")
    assert page.locator("[data-search-empty]").is_hidden()


def test_the_field_of_the_home_page_leads_to_the_answers(page: Page, site: Server) -> None:
    page.goto(site.url + "/")
    page.locator("#q").fill("photo nue")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-search-results] a')")
    assert page.evaluate(FIRST) == "/guides/images/"
    assert page.evaluate("history.length") == 2, "searching adds no entry either"
    assert page.url == site.url + "/recherche/", "the word stays out of the address"
    move(page, ".brand", "/")
    page.locator("#q").fill("")
    page.keyboard.press("Enter")
    page.wait_for_function("() => location.pathname === '/recherche/'")
    assert page.locator("#q").input_value() == "", "and is forgotten on leaving"


def test_the_address_never_holds_the_word_on_the_way(page: Page, site: Server) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(site.url + "/guides/")
    page.locator("#q").fill("chantage")
    page.locator(".search button").click()
    page.wait_for_function("() => document.querySelector('[data-search-results] a')")
    assert page.evaluate(FIRST) == "/guides/pressions/"
    assert [url for url in asked if "chantage" in url] == []


def test_without_javascript_the_whole_list_shows(chromium: Browser, site: Server) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/")
    page.locator("#q").fill("cidff")
    page.keyboard.press("Enter")
    page.wait_for_url(site.url + "/recherche/?q=cidff")
    shown = page.locator("[data-search-all] a:visible")
    assert shown.count() > 50
    assert page.locator("[data-search-all] a[href='/contacts/cidff-95/']").is_visible()
    context.close()

"""The way out, in a tab: at once, and with nothing of the visit behind Back or Forward."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.builders import Server
from tests.journeys.neutral import NeutralSite
from tests.journeys.visits import TOUR, entries, move, tour, wait_at

pytestmark = pytest.mark.browser

# Runs in one task: nothing has been painted, no navigation has begun, when it answers.
CLICK_AND_LOOK = """() => {
  document.querySelector("[data-exit]").click();
  const sheet = document.querySelector(".cover");
  const box = sheet && sheet.getBoundingClientRect();
  return {
    address: location.href, title: document.title, hidden: document.body.hidden,
    display: getComputedStyle(document.body).display,
    covered: Boolean(box) && box.width >= innerWidth && box.height >= innerHeight,
  };
}"""


def test_without_javascript_the_way_out_is_a_real_link(chromium: Browser, site: Server, exit_site: NeutralSite) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + "/guides/temoin/")
    page.locator(".exit").click()
    wait_at(page, exit_site.url)
    assert "referer" not in exit_site.asked[-1][1], "the neutral site must not learn where one came from"
    context.close()


def test_the_screen_is_covered_in_the_same_task_as_the_click(page: Page, site: Server, exit_site: NeutralSite) -> None:
    page.goto(site.url + "/guides/pressions/")
    seen = page.evaluate(CLICK_AND_LOOK)
    assert seen["address"] == site.url + "/guides/pressions/", "looked before leaving"
    assert seen["hidden"] is True
    assert seen["display"] == "none"
    assert seen["covered"] is True
    assert seen["title"] == "Chargement"
    wait_at(page, exit_site.url)


def test_nothing_of_the_visit_is_behind_back_or_forward(
    page: Page, site: Server, start_site: NeutralSite, exit_site: NeutralSite
) -> None:
    page.goto(start_site.url)
    page.goto(site.url + "/")
    tour(page)
    page.locator(".exit").click()
    wait_at(page, exit_site.url)
    assert [url for url in entries(page) if url.startswith(site.url)] == []
    assert entries(page)[-2:] == [start_site.url, exit_site.url]
    page.go_back()
    assert page.url == start_site.url
    page.go_forward()
    assert page.url == exit_site.url


def test_shift_three_times_leaves_and_says_how_many_are_left(page: Page, site: Server, exit_site: NeutralSite) -> None:
    page.goto(site.url + "/")
    said = page.locator("#annonce")
    page.keyboard.press("Shift")
    assert said.text_content() == "Maj : encore 2 fois pour quitter."
    assert said.get_attribute("role") == "status"
    page.keyboard.press("Shift")
    assert said.text_content() == "Maj : encore 1 fois pour quitter."
    page.keyboard.press("Shift")
    wait_at(page, exit_site.url)


def test_shift_used_to_write_or_to_select_does_not_count(page: Page, site: Server) -> None:
    page.goto(site.url + "/recherche/")
    field = page.locator("#q")
    field.focus()
    for letter in "ABCD":
        page.keyboard.press(f"Shift+{letter}")
    for _ in range(3):  # a capital in between starts the count again
        page.keyboard.press("Shift")
        page.keyboard.press("Shift")
        page.keyboard.press("Shift+X")
    page.locator("h1").click()
    for _ in range(4):  # Shift held while pressing the mouse extends a selection
        page.locator("h1").click(modifiers=["Shift"])
    for _ in range(4):  # the keyboard layout is changed this way on many computers
        page.keyboard.press("Alt+Shift")
    assert page.url == site.url + "/recherche/"
    assert page.locator("body").is_visible()


def test_shift_pressed_slowly_does_not_leave(page: Page, site: Server) -> None:
    page.goto(site.url + "/")
    page.keyboard.press("Shift")
    page.keyboard.press("Shift")
    page.wait_for_timeout(5100)  # the five seconds themselves are what is tested
    page.keyboard.press("Shift")
    assert page.locator("#annonce").text_content() == "Maj : encore 2 fois pour quitter."
    assert page.locator("body").is_visible()


def test_three_times_shift_and_the_button_can_be_switched_off(
    page: Page, site: Server, context: BrowserContext
) -> None:
    page.goto(site.url + "/reglages/")
    page.locator('[data-setting="raccourci"]').uncheck()
    page.locator('[data-setting="bouton"]').uncheck()
    assert page.locator(".exit").is_hidden()
    page.goto(site.url + "/contacts/")  # kept for the next visit
    assert page.locator(".exit").is_hidden()
    for _ in range(4):
        page.keyboard.press("Shift")
    assert page.url == site.url + "/contacts/"
    assert page.locator("body").is_visible()
    move(page, '.tabs a[href="/guides/"]', "/guides/")
    assert page.locator(".exit").is_hidden()
    page.goto(site.url + "/reglages/")
    assert not page.locator('[data-setting="raccourci"]').is_checked()
    page.locator('[data-setting="bouton"]').check()
    assert page.locator(".exit").is_visible()
    assert page.evaluate("Object.keys(localStorage)") == ["reglages"]


def test_the_way_out_is_the_first_stop_of_the_keyboard(page: Page, site: Server) -> None:
    # Every page's markup is checked in the crawl; here, that the browser does go there first, after moves too.
    for path in ("/", "/guides/images/", "/contacts/3018/", "/reglages/"):
        page.goto(site.url + path)
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.hasAttribute('data-exit')"), path
    link, path = TOUR[0]
    move(page, link, path)
    page.keyboard.press("Shift+Tab")
    reached = [page.evaluate("document.activeElement.className")]
    while len(reached) < 6 and "exit" not in reached[-1]:
        page.keyboard.press("Shift+Tab")
        reached.append(page.evaluate("document.activeElement.className"))
    assert reached[-1] == "exit", reached


def test_the_way_out_by_keyboard_leaves_as_the_mouse_does(
    page: Page, site: Server, start_site: NeutralSite, exit_site: NeutralSite
) -> None:
    page.goto(start_site.url)
    page.goto(site.url + "/guides/temoin/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    wait_at(page, exit_site.url)
    assert [url for url in entries(page) if url.startswith(site.url)] == []

"""A page left open, read from afar, or kept long after its dates: what it still says, and what it takes back."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page

from backend import clock
from tests.builders import Server
from tests.chromium import PHONE, wait_stored
from tests.service_worker.test_hours_on_the_phone import later

pytestmark = pytest.mark.browser

Abroad = Callable[[str], Page]
AHEAD = "days => { const real = Date.now; Date.now = () => real() + days * 86400000; }"
AGE = """(by) => {
  document.querySelector("article.contact").dataset.confirmBy = by;
  showFreshness(document, new Date().toISOString().slice(0, 10));
}"""
WAKE = "() => document.dispatchEvent(new Event('visibilitychange'))"
LONG_AGO = "2020-01-01"


@pytest.fixture
def abroad(chromium: Browser) -> Iterator[Abroad]:
    opened = []

    def travel(zone: str) -> Page:
        opened.append(chromium.new_context(viewport=PHONE, timezone_id=zone))  # type: ignore[arg-type]
        return opened[-1].new_page()

    yield travel
    for context in opened:
        context.close()


def test_a_withdrawn_contact_takes_back_its_own_number_and_leaves_the_sure_ones(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/cidff-95-courriel/")
    article = page.locator("article.contact")
    page.evaluate(AGE, LONG_AGO)
    assert article.get_attribute("data-status") == "withdrawn"
    assert article.locator("> .head .badge").inner_text() == "Retiré"
    assert article.locator("li[data-contact='116006'] .call").is_visible(), "the line to prefer"
    assert article.locator("li[data-contact='116006']").get_attribute("data-status") == "confirmed"
    assert article.locator("a[href='tel:3919']").is_visible()
    assert "@" not in article.inner_text()
    assert article.locator("a[href*='.vcf'], a[href*='.ics'], [data-way]").count() == 0


def test_a_sure_line_goes_with_its_own_date(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/cidff-95/")
    also = page.locator("li[data-contact='3919']")
    also.evaluate("(item, by) => { item.dataset.confirmBy = by; }", LONG_AGO)
    page.evaluate("() => showFreshness(document, new Date().toISOString().slice(0, 10))")
    assert also.is_hidden()
    page.goto(server.url + "/contacts/")
    sure = page.locator(".card[data-contact='cidff-95'] .safe")
    assert sure.locator("a").count() == 3
    sure.locator("[data-sure]").first.evaluate("(item, by) => { item.dataset.confirmBy = by; }", LONG_AGO)
    page.evaluate("() => showFreshness(document, new Date().toISOString().slice(0, 10))")
    assert sure.locator("a:visible").count() == 2
    sure.evaluate(
        "(note, by) => note.querySelectorAll('span').forEach(item => { item.dataset.confirmBy = by; })", LONG_AGO
    )
    page.evaluate("() => showFreshness(document, new Date().toISOString().slice(0, 10))")
    assert sure.is_hidden()


def test_what_ages_on_the_phone_is_never_alone_and_says_so_in_every_list(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/3018/")
    assert page.locator(".safe").is_hidden()
    page.evaluate(AGE, clock.paris_day(clock.now()).replace(year=2026, month=1, day=1).isoformat())
    assert page.locator(".safe a[href='tel:116006']").is_visible()
    page.goto(server.url + "/contacts/")
    row = page.locator(".row[data-contact='pharos']")
    assert row.locator(".badge").is_hidden()
    row.evaluate("item => { item.dataset.confirmBy = '2026-10-01'; }")
    page.evaluate("() => showFreshness(document, '2026-11-25')")
    assert row.locator(".badge").inner_text() == "À vérifier"


def test_a_page_left_open_past_a_date_says_so_when_it_wakes(page: Page, server: Server) -> None:
    page.goto(server.url + "/contacts/3919/")
    article = page.locator("article.contact")
    page.wait_for_function("() => document.querySelector('[data-hours]').textContent.startsWith('Ouvert')")
    assert page.locator(".overdue").is_hidden()
    by = page.evaluate("() => document.querySelector('article.contact').dataset.confirmBy")
    left = page.evaluate("by => Math.ceil((Date.parse(by) - Date.now()) / 86400000)", by)
    wait_stored(page)
    page.evaluate(f"() => {{ {later(left + 30)} }}")
    page.evaluate(WAKE)
    page.wait_for_function("() => document.querySelector('article.contact').dataset.status !== 'confirmed'")
    assert article.get_attribute("data-status") == "to_confirm"
    assert page.locator(".overdue").is_visible()
    assert page.locator("[data-hours]").first.inner_text() == "Horaires à vérifier"


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/Paris"])
def test_contacts_age_at_midnight_in_paris_wherever_the_phone_is(abroad: Abroad, server: Server, zone: str) -> None:
    page = abroad(zone)
    page.goto(server.url + "/contacts/3919/")
    page.wait_for_function("() => directory !== null")
    days = (
        clock.paris_day(clock.now()).isoformat(),
        page.evaluate("parisDay()"),
        clock.paris_day(clock.now()).isoformat(),
    )
    assert days[1] in (days[0], days[2])


@pytest.mark.parametrize(
    "url", ["/", "/contacts/", "/contacts/3018/", "/guides/temoin/", "/contacts/dcdf/", "/contacts/cidff-95/"]
)
def test_who_is_far_away_is_told_that_hours_are_those_of_paris(abroad: Abroad, server: Server, url: str) -> None:
    page = abroad("America/New_York")
    page.goto(server.url + url)
    page.locator("[data-paris]:visible").first.wait_for()
    at_home = abroad("Europe/Berlin")
    at_home.goto(server.url + url)
    at_home.wait_for_function("() => clockChecked !== null")
    assert at_home.locator("[data-paris]:visible").count() == 0


def test_paris_is_named_past_the_horizon_and_without_script_too(
    abroad: Abroad, chromium: Browser, server: Server
) -> None:
    page = abroad("America/New_York")
    page.add_init_script(f"({AHEAD})(200)")
    page.goto(server.url + "/contacts/3018/")
    page.locator("[data-paris]:visible").first.wait_for()
    with chromium.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        for url in ("/contacts/3018/", "/contacts/"):
            page.goto(server.url + url)
            assert "heures de Paris" in page.inner_text("main") or "celles de Paris" in page.inner_text("main"), url

"""Chromium, the server's process ended, the browser started again: every address is still there.

`--long` opens every page; `make test` eight of each kind, and compares what every address answers.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from backend.offline.emergency import LINES
from tests.builders import Server
from tests.chromium import CHROMIUM, CHROMIUM_ARGUMENTS, PHONE
from tests.service_worker.phone import NUMBERS, SHOWN, Phone
from tests.service_worker.truth import ADD_LINK, LOOK, Truth, of_each_kind, read_truth

# In this order: the phone is filled, the server dies, and at last the store is emptied.
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def truth(changing: Server) -> Truth:
    return read_truth(changing)


@pytest.fixture(scope="module")
def cold(
    playwright: Playwright, changing: Server, truth: Truth, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[BrowserContext]:
    """One visit to the first page, then: browser closed, server killed, browser opened."""
    profile = tmp_path_factory.mktemp("profile")

    def start() -> BrowserContext:
        return playwright.chromium.launch_persistent_context(
            profile, executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS, viewport=PHONE  # type: ignore[arg-type]
        )  # fmt: skip

    first = start()
    Phone(first, changing.url).visit()
    first.close()
    changing.stop()
    again = start()
    yield again
    again.close()


@pytest.fixture
def opened(cold: BrowserContext) -> Iterator[Page]:
    page = cold.new_page()
    yield page
    page.close()


def test_every_page_opens_cold_with_its_heading_and_its_style(
    cold: BrowserContext, changing: Server, truth: Truth, pytestconfig: pytest.Config
) -> None:
    opened = list(truth.headings) if pytestconfig.getoption("--long") else of_each_kind(truth.headings, 8)
    for number, url in enumerate(opened):
        page = cold.new_page()
        if number % 3 == 0:
            session = cold.new_cdp_session(page)
            session.send("ServiceWorker.enable")
            session.send("ServiceWorker.stopAllWorkers")
        answer = page.goto(changing.url + url)
        assert answer is not None
        assert answer.from_service_worker
        assert page.evaluate(LOOK) == {"status": 200, "heading": truth.headings[url], "styled": True}, url
        page.close()
    assert {"/", "/avis/", "/recherche/", "/sources/"} <= {*opened}
    assert len(truth.headings) > 60


def test_every_address_gives_its_very_bytes(opened: Page, changing: Server, truth: Truth) -> None:
    opened.goto(changing.url)
    wanted = truth.pages | truth.others
    assert opened.evaluate(SHOWN, list(wanted)) == wanted
    assert len(truth.others) >= 8


@pytest.mark.parametrize("path", ["/nulle-part/", "/guides/inconnu/", "/contacts/9999/", "/index.php?id=1"])
def test_an_unknown_address_gives_a_page_to_read(opened: Page, changing: Server, path: str) -> None:
    opened.goto(changing.url + path)
    look = opened.evaluate(LOOK)
    assert (look["heading"], look["styled"]) == ("Les numéros, sans réseau", True)
    assert {line.href for line in LINES} <= set(opened.evaluate(NUMBERS))


def test_a_link_inside_the_app_to_an_unknown_address_gives_the_same_page(opened: Page, changing: Server) -> None:
    opened.goto(changing.url + "/guides/")
    before = opened.evaluate("performance.timeOrigin")
    opened.evaluate(ADD_LINK, "/nulle-part/")
    opened.click("#essai")
    opened.wait_for_function("() => document.querySelector('h1').textContent.includes('sans réseau')")
    assert {line.href for line in LINES} <= set(opened.evaluate(NUMBERS))
    assert opened.evaluate("performance.timeOrigin") == before, "htmx put it in, the page was not loaded again"


def test_links_inside_the_app_work(opened: Page, changing: Server, truth: Truth) -> None:
    opened.goto(changing.url + "/")
    for path in ("/guides/", "/contacts/"):
        opened.locator(f'.tabs a[href="{path}"]').click()
        opened.wait_for_function("path => location.pathname === path", arg=path)
        opened.wait_for_function("text => document.querySelector('h1')?.textContent.includes(text)",
                                 arg=truth.headings[path].split()[0])  # fmt: skip


@pytest.mark.parametrize("path", ["/", "/guides/temoin/", "/nulle-part/", "/hors-ligne/"])
def test_with_the_store_emptied_the_numbers_still_show(opened: Page, changing: Server, path: str) -> None:
    """Last in this file: the browser has thrown away what it kept, the worker alone is left."""
    opened.goto(changing.url + "/sortie/")  # the shell's own page, without our scripts
    opened.evaluate("async () => { for (const name of await caches.keys()) await caches.delete(name) }")
    session = opened.context.new_cdp_session(opened)
    session.send("ServiceWorker.enable")
    session.send("ServiceWorker.stopAllWorkers")
    opened.goto(changing.url + path)
    assert opened.evaluate(LOOK)["heading"] == "Pas de réseau"
    assert opened.evaluate("document.styleSheets[0].cssRules.length") > 3
    assert opened.evaluate(NUMBERS) == [line.href for line in LINES]

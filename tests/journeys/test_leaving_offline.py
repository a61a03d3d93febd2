"""The way out with no network, in an installed app, and after erasing: a stored page, no request."""

from __future__ import annotations

import re
import socket
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright

from tests.builders import Server
from tests.chromium import CHROMIUM, CHROMIUM_ARGUMENTS, wait_stored
from tests.journeys.neutral import NeutralSite
from tests.journeys.visits import entries, move, tour, wait_at
from tests.words import telling

pytestmark = pytest.mark.browser


class Ear:
    """Answers nothing, and keeps the first words of whoever came: stands where a stopped server stood."""

    def __init__(self, port: int) -> None:
        self._listener = socket.create_server(("127.0.0.1", port))
        self._listener.settimeout(0.5)

    def heard(self) -> list[bytes]:
        words = []
        try:
            while True:
                connection = self._listener.accept()[0]
                with connection, suppress(TimeoutError, ConnectionError):
                    connection.settimeout(0.5)
                    words.append(connection.recv(100).split(b"\r")[0])
        except TimeoutError:
            return words
        finally:
            self._listener.close()


def assert_says_nothing_of_us(page: Page) -> None:
    assert telling(page.content()) == []
    assert not re.search(r"appui\b", page.content(), re.IGNORECASE)
    assert "potiron" in page.title()
    assert page.locator("a").count() == 0, "nothing to press by mistake leads back"
    assert page.locator("h1").is_visible()


def test_offline_the_way_out_is_a_stored_page_and_nothing_is_asked_for(
    page: Page, context: BrowserContext, own_server: Server, start_site: NeutralSite
) -> None:
    page.goto(start_site.url)
    page.goto(own_server.url + "/")
    wait_stored(page)
    own_server.stop()
    context.set_offline(True)
    ear = Ear(own_server.port)
    tour(page)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    answers: list[bool] = []
    page.on("response", lambda response: answers.append(response.from_service_worker))
    page.locator(".exit").click()
    wait_at(page, own_server.url + "/sortie/")
    assert_says_nothing_of_us(page)
    assert set(asked) <= {own_server.url + "/sortie/", own_server.url + "/coquille.css"}
    assert answers
    assert all(answers), "the worker answered each of them"
    assert [words for words in ear.heard() if words] == []
    context.set_offline(False)
    page.go_back()
    assert page.url == start_site.url
    assert [url for url in entries(page) if url.startswith(own_server.url) and "/sortie/" not in url] == []


def test_offline_three_times_shift_leads_there_too(
    page: Page, context: BrowserContext, site: Server, exit_site: NeutralSite
) -> None:
    page.goto(site.url + "/guides/pressions/")
    wait_stored(page)
    before = len(exit_site.asked)
    context.set_offline(True)
    for _ in range(3):
        page.keyboard.press("Shift")
    wait_at(page, site.url + "/sortie/")
    assert_says_nothing_of_us(page)
    assert len(exit_site.asked) == before


def test_an_installed_app_leaves_to_the_stored_page(
    playwright: Playwright, site: Server, exit_site: NeutralSite, tmp_path: Path
) -> None:
    arguments = [*CHROMIUM_ARGUMENTS, f"--app={site.url}/"]
    context = playwright.chromium.launch_persistent_context(tmp_path, executable_path=CHROMIUM, args=arguments)
    try:
        page = context.pages[0]
        page.wait_for_url(site.url + "/")
        assert page.evaluate("matchMedia('(display-mode: standalone)').matches"), "an app window, for real"
        wait_stored(page)
        before = len(exit_site.asked)
        move(page, '.tabs a[href="/guides/"]', "/guides/")
        move(page, '.door[href="/guides/pressions/"]', "/guides/pressions/")
        answers: list[tuple[str, bool]] = []
        page.on("response", lambda response: answers.append((response.url, response.from_service_worker)))
        page.locator(".exit").click()
        wait_at(page, site.url + "/sortie/")
        assert_says_nothing_of_us(page)
        assert all(from_worker for _, from_worker in answers), answers
        assert len(exit_site.asked) == before, "the outside site was not asked"
        assert [url for url in entries(page) if "/guides/" in url] == []
    finally:
        context.close()


def test_offline_with_nothing_stored_leaving_still_shows_nothing_of_us(
    page: Page, context: BrowserContext, site: Server
) -> None:
    """Erased, or a browser that refuses the worker: there is no stored page to go to."""
    page.add_init_script("delete Navigator.prototype.serviceWorker")
    page.goto(site.url + "/guides/pressions/")
    context.set_offline(True)
    page.locator(".exit").click()
    wait_at(page, "about:blank")
    assert [url for url in entries(page) if url.startswith(site.url)] == []

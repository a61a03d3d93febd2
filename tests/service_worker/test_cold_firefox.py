"""Firefox, the server's process ended, the browser started again: every address is still there.

`--long` opens every page; `make test` three of each kind, and compares what every address answers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from backend.offline.emergency import LINES
from tests.builders import Server
from tests.journeys.firefox import Firefox
from tests.service_worker.phone import NUMBERS, SHOWN
from tests.service_worker.truth import ADD_LINK, LOOK, Truth, of_each_kind, read_truth

# In this order: the phone is filled, the server dies, and at last the store is emptied.
pytestmark = pytest.mark.browser

# Ends every worker; says how often ours was started so far.
STOP_WORKERS = """
const all = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager).getAllRegistrations();
const { activeWorker } = all.queryElementAt(0, Ci.nsIServiceWorkerRegistrationInfo);
await activeWorker.terminateWorker();
return activeWorker.launchCount;
"""
STORED = """
const pointer = await (await caches.open("contenu-1")).match("/courant");
return Boolean(pointer && navigator.serviceWorker.controller);
"""


@pytest.fixture(scope="module")
def truth(changing: Server) -> Truth:
    return read_truth(changing)


@pytest.fixture(scope="module")
def cold(changing: Server, truth: Truth, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    """One visit to the first page, then: browser closed, server killed, browser opened."""
    profile = tmp_path_factory.mktemp("profile")
    with Firefox(profile) as first:
        first.open(changing.url)
        first.wait_for(STORED, 60)
    changing.stop()
    with Firefox(profile) as again:
        yield again


def new_tab(browser: Firefox, url: str) -> None:
    """Open it in a tab of its own, and close the one before."""
    handle = browser.command("WebDriver:NewWindow", type="tab", focus=True)["handle"]
    browser.command("WebDriver:CloseWindow")
    browser.command("WebDriver:SwitchToWindow", handle=handle)
    browser.open(url)


def test_every_page_opens_cold_with_its_heading_and_its_style(
    cold: Firefox, changing: Server, truth: Truth, pytestconfig: pytest.Config
) -> None:
    starts = []
    opened = list(truth.headings) if pytestconfig.getoption("--long") else of_each_kind(truth.headings, 3)
    for number, url in enumerate(opened):
        if number % 3 == 0:
            starts.append(cold.run_privileged(STOP_WORKERS))
        new_tab(cold, changing.url + url)
        assert cold.run(f"return {LOOK}") == {"status": 200, "heading": truth.headings[url], "styled": True}, url
    assert starts == list(range(starts[0], starts[0] + len(starts))), "the worker did start again each time"
    assert {"/", "/avis/", "/recherche/", "/sources/"} <= {*opened}
    assert len(truth.headings) > 60


def test_every_address_gives_its_very_bytes(cold: Firefox, changing: Server, truth: Truth) -> None:
    new_tab(cold, changing.url)
    wanted = truth.pages | truth.others
    assert cold.run(f"return ({SHOWN})({json.dumps(list(wanted))})") == wanted


@pytest.mark.parametrize("path", ["/nulle-part/", "/guides/inconnu/"])
def test_an_unknown_address_gives_a_page_to_read(cold: Firefox, changing: Server, path: str) -> None:
    new_tab(cold, changing.url + path)
    look = cold.run(f"return {LOOK}")
    assert (look["heading"], look["styled"]) == ("Les numéros, sans réseau", True)
    assert {line.href for line in LINES} <= set(cold.run(f"return {NUMBERS}"))


def test_a_link_inside_the_app_to_an_unknown_address_gives_the_same_page(cold: Firefox, changing: Server) -> None:
    new_tab(cold, changing.url + "/guides/")
    cold.wait_for("return Boolean(window.htmx)")
    cold.run(f"({ADD_LINK})('/nulle-part/')")
    cold.click("#essai")
    cold.wait_for("return document.querySelector('h1').textContent.includes('sans réseau')")


@pytest.mark.parametrize("path", ["/", "/guides/temoin/", "/nulle-part/"])
def test_with_the_store_emptied_the_numbers_still_show(cold: Firefox, changing: Server, path: str) -> None:
    """Last in this file: the browser has thrown away what it kept, the worker alone is left."""
    new_tab(cold, changing.url + "/sortie/")
    cold.run("for (const name of await caches.keys()) await caches.delete(name)")
    cold.run_privileged(STOP_WORKERS)
    new_tab(cold, changing.url + path)
    assert cold.run(f"return {LOOK}")["heading"] == "Pas de réseau"
    assert cold.run(f"return {NUMBERS}") == [line.href for line in LINES]

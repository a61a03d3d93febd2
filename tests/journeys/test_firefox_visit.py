"""The promises of a visit, kept by the other engine too: real Firefox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.builders import Server
from tests.journeys.firefox import Firefox
from tests.journeys.looks import TAGS
from tests.journeys.neutral import NeutralSite
from tests.journeys.visits import LEFT_BEHIND, TOUR
from tests.words import telling

# One Firefox for the whole file: starting it is what costs.
pytestmark = pytest.mark.browser

ROOT = Path(__file__).parents[2]
SESSION_HISTORY = """
const history = gBrowser.selectedBrowser.browsingContext.sessionHistory;
return Array.from({ length: history.count }, (_, index) => history.getEntryAtIndex(index).URI.spec);
"""
STORED = """
const store = await caches.match("/courant", { cacheName: "contenu-1" });
return Boolean(navigator.serviceWorker.controller && store);
"""
# In one task: click, and look before anything has been painted.
LEAVE_AND_LOOK = """
document.querySelector("[data-exit]").click();
return { hidden: document.body.hidden, cover: Boolean(document.querySelector(".cover")), title: document.title };
"""


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox")) as running:
        running.resize(360, 740)
        yield running


@pytest.fixture(autouse=True)
def fresh_tab(firefox: Firefox, start_site: NeutralSite) -> Iterator[None]:
    """A tab that begins on a page that is not ours."""
    handle = firefox.command("WebDriver:NewWindow", type="tab")["handle"]
    first = firefox.command("WebDriver:GetWindowHandle")
    firefox.command("WebDriver:SwitchToWindow", handle=handle)
    firefox.open(start_site.url)
    yield
    firefox.offline(False)
    firefox.command("WebDriver:CloseWindow")
    firefox.command("WebDriver:SwitchToWindow", handle=first)


def tour(firefox: Firefox) -> None:
    firefox.wait_for("return Boolean(window.htmx)")
    for link, path in TOUR:
        firefox.click(link)
        firefox.wait_for(f"return location.pathname === '{path}' && document.activeElement.id === 'contenu'")


def ours(firefox: Firefox, site: Server) -> list[str]:
    return [url for url in firefox.run_privileged(SESSION_HISTORY) if url.startswith(site.url)]


def left_behind(firefox: Firefox) -> dict[str, Any]:
    found: dict[str, Any] = firefox.run(f"return ({LEFT_BEHIND})()")
    return {name: value for name, value in found.items() if value}


def test_nothing_of_the_visit_is_behind_back_or_forward(
    firefox: Firefox, site: Server, start_site: NeutralSite, exit_site: NeutralSite
) -> None:
    firefox.open(site.url + "/")
    length = firefox.run("return history.length")
    tour(firefox)
    assert firefox.run("return history.length") == length
    seen = firefox.run(LEAVE_AND_LOOK)
    assert seen == {"hidden": True, "cover": True, "title": "Chargement"}
    firefox.wait_for(f"return location.href === {exit_site.url!r}")
    assert ours(firefox, site) == []
    firefox.back()
    firefox.wait_for(f"return location.href === {start_site.url!r}")
    firefox.command("WebDriver:Forward", 30.0)
    firefox.wait_for(f"return location.href === {exit_site.url!r}")


def test_offline_leaving_shows_the_stored_page(firefox: Firefox, site: Server, exit_site: NeutralSite) -> None:
    firefox.open(site.url + "/guides/pressions/")
    firefox.wait_for(STORED)
    before = len(exit_site.asked)
    firefox.offline(True)
    firefox.click(".exit")
    firefox.wait_for("return location.pathname === '/sortie/' && document.querySelector('h1')")
    assert telling(firefox.source) == []
    assert "Appui" not in firefox.source
    assert len(exit_site.asked) == before
    assert [url for url in ours(firefox, site) if "/sortie/" not in url] == []


def test_erasing_offline_leaves_nothing(firefox: Firefox, site: Server) -> None:
    firefox.open(site.url + "/reglages/")
    firefox.wait_for(STORED)
    firefox.click("[data-dismiss]")
    assert set(left_behind(firefox)) == {"caches", "local", "workers"}, "a visit with one choice"
    firefox.offline(True)
    firefox.click("[data-erase]")
    firefox.click("[data-erase-yes]")
    firefox.wait_for("return !document.querySelector('[data-erase-done]').hidden", 40)
    assert left_behind(firefox) == {}
    firefox.click("[data-erase-done] [data-exit]")
    firefox.wait_for("return location.href === 'about:blank'")
    assert ours(firefox, site) == []


def test_axe_finds_nothing_at_320_pixels(firefox: Firefox, site: Server) -> None:
    firefox.resize(320, 740)
    firefox.open(site.url + "/guides/images/")
    axe = (ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text()
    script = axe + "\nconst found = await window.axe.run(document, { runOnly: arguments[0] });"
    script += "return found.violations.map(one => one.id + ' ' + one.nodes.map(node => node.target).join(' '));"
    assert firefox.run(script, TAGS) == []
    assert firefox.run("return document.scrollingElement.scrollWidth") <= 320
    firefox.resize(360, 740)

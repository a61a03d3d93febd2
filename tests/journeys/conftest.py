"""What journeys share; Chromium itself is in `tests/chromium.py`, Firefox in `firefox.py`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.builders import Server, running_server
from tests.chromium import PHONE
from tests.journeys.desks import Desk, Desks
from tests.journeys.looks import NARROW, REFUSALS
from tests.journeys.neutral import NeutralSite

expect.set_options(timeout=30_000)  # as long as all else waits: on a busy machine a publication takes more than five


def addresses(server: Server) -> list[str]:
    """Every page of the current edition."""
    signed = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    return [url for url, entry in signed["files"].items() if entry["type"].startswith("text/html")]


def screenshot(page: Page, folder: Path, name: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / f"{name}.png", full_page=True)


@pytest.fixture(scope="session")
def exit_site() -> Iterator[NeutralSite]:
    """Where leaving leads."""
    with NeutralSite("Bulletin du jour") as running:
        yield running


@pytest.fixture(scope="session")
def start_site() -> Iterator[NeutralSite]:
    """What the tab showed before our pages."""
    with NeutralSite("Recettes") as running:
        yield running


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, exit_site: NeutralSite) -> Iterator[Server]:
    """One server for all journeys that change nothing; leaving leads to a site on this machine."""
    with running_server(tmp_path_factory.mktemp("site") / "var", APPUI_EXIT_URL=exit_site.url) as running:
        yield running


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that looks for barriers."""
    return (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.fixture
def small(chromium: Browser) -> Iterator[BrowserContext]:
    """The narrowest screen, which remembers what the content policy refused."""
    context = chromium.new_context(viewport=NARROW, color_scheme="light")  # type: ignore[arg-type]
    context.add_init_script(REFUSALS)
    yield context
    context.close()


@pytest.fixture
def desks(chromium: Browser) -> Iterator[Desks]:
    """Makes browsers for people of the staff."""
    contexts: list[BrowserContext] = []

    def make() -> Desk:
        contexts.append(chromium.new_context(viewport=PHONE))  # type: ignore[arg-type]
        return Desk(contexts[-1])

    yield make
    for context in contexts:
        context.close()

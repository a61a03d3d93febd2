"""Real Chromium, one for all tests of a process: Playwright allows no second one beside it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.journeys.waiting import wait_until

# A window has an address bar, and each context a window: the page that this bar would open below it costs as much CPU
# as all the rest of a context. The others are Playwright's own, for of two such switches the last one counts.
WITHOUT = (
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,WebUIOmniboxFullPopup,"
    "AvoidUnnecessaryBeforeUnloadCheckSync,DestroyProfileOnBrowserClose,HttpsUpgrades,"
    "HttpsFirstBalancedModeAutoEnable,LensOverlay,MediaRouter,PaintHolding,ThirdPartyStoragePartitioning,"
    "AvoidCorsURLLoaderRestartOnRedirect,OptimizationHints,NetworkTimeServiceQuerying,AimEnabled,PreconnectToSearch"
)
# Quiet, and unable to reach anything but this machine.
CHROMIUM_ARGUMENTS = [
    f"--disable-features={WITHOUT}",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost",
]
CHROMIUM = "/usr/bin/chromium"
PHONE = {"width": 360, "height": 740}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A phone that has never been here."""
    opened = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


STORED_EDITION = """async () => {
  const store = await caches.open("contenu-1");
  const pointer = await store.match("/courant");
  return navigator.serviceWorker.controller && pointer ? (await pointer.json()).edition : null;
}"""


def wait_stored(page: Page, edition: int | None = None, seconds: float = 20.0) -> int:
    """Wait until this phone holds an edition (that one, where given) and the worker answers the page."""
    return int(
        wait_until(
            lambda: (number := page.evaluate(STORED_EDITION)) and (edition is None or number == edition) and number,
            seconds,
        )
    )

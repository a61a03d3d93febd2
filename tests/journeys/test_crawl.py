"""Every page of the edition, in a real browser: nothing of anybody else's, no fault, no barrier."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.builders import Server
from tests.journeys.conftest import addresses
from tests.journeys.looks import (
    BROKEN_WORDS,
    COLOURS,
    FAULTS,
    NARROW,
    PLAIN_FAULTS,
    SMALL_TARGETS,
    TAGS,
    WIDER_THAN_THE_SCREEN,
    axe_faults,
)

pytestmark = pytest.mark.browser

PARTS = 4  # so that two processes share the work
ZOOMED = {"width": 320, "height": 256}  # 1280 × 1024 at 400 %
TWICE_AS_LARGE = "large => { document.documentElement.style.fontSize = large ? '200%' : '' }"  # as a browser's setting


@pytest.fixture(params=range(PARTS))
def part(request: pytest.FixtureRequest, site: Server) -> list[str]:
    return [*addresses(site), "/sortie/", "/nulle-part/"][request.param :: PARTS]


class Watch:
    """Everything a page asks for, and everything that goes wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.strangers: list[str] = []
        self.faults: list[str] = []
        page.on("request", lambda request: self._asked(request.url, url))
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", lambda message: self._said(message.type, message.text))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def _asked(self, address: str, url: str) -> None:
        if not address.startswith((url + "/", "data:", "blob:")):
            self.strangers.append(address)

    def _failed(self, address: str, why: str) -> None:
        if "ERR_ABORTED" not in why:  # the next page was opened before this one's icon had come
            self.faults.append(f"failed: {address} {why}")

    def _said(self, kind: str, text: str) -> None:
        # The page that tells of a missing address is a 404, and the browser says so.
        if kind in ("error", "warning") and "404 (Not Found)" not in text:
            self.faults.append(f"{kind}: {text}")


def test_every_page_is_ours_alone_faultless_and_open_to_all(
    small: BrowserContext, site: Server, part: list[str], axe: str
) -> None:
    page = small.new_page()
    watch = Watch(page, site.url)
    found: list[str] = []
    for path in part:
        faults = []
        page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        page.emulate_media(color_scheme="light")
        page.goto(site.url + path)
        faults += [f"sideways: {name}" for name in page.evaluate(WIDER_THAN_THE_SCREEN)]
        faults += [f"cut: {word}" for word in page.evaluate(BROKEN_WORDS)]
        if path != "/sortie/":  # whose title is one word too long for it, and says nothing
            page.evaluate(TWICE_AS_LARGE, True)
            faults += [f"sideways with large letters: {name}" for name in page.evaluate(WIDER_THAN_THE_SCREEN)]
            page.evaluate(TWICE_AS_LARGE, False)
        # As tall as the page: what a bar covers now, one scrolls to; that focus never stays under it is tested apart.
        height = page.evaluate("document.scrollingElement.scrollHeight")
        page.set_viewport_size({"width": NARROW["width"], "height": height + 400})
        page.evaluate(axe)
        faults += [f"light {fault}" for fault in axe_faults(page, TAGS)]
        faults += [f"small target: {name}" for name in page.evaluate(SMALL_TARGETS)]
        page.emulate_media(color_scheme="dark")
        faults += [f"dark {fault}" for fault in axe_faults(page, COLOURS)]
        page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
        faults += [f"sideways at 400 %: {name}" for name in page.evaluate(WIDER_THAN_THE_SCREEN)]
        faults += page.evaluate(FAULTS)
        found += [f"{path} {fault}" for fault in faults]
    assert found == []
    assert watch.strangers == []
    assert watch.faults == []
    assert small.cookies() == []


def test_every_page_reads_without_javascript(chromium: Browser, site: Server, part: list[str]) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport=NARROW)  # type: ignore[arg-type]
    page = context.new_page()
    watch, found = Watch(page, site.url), []
    for path in part:
        page.goto(site.url + path)
        found += [f"{path} {fault}" for fault in page.evaluate(PLAIN_FAULTS, path != "/sortie/")]
    assert found == []
    assert watch.strangers == []
    assert watch.faults == []
    assert context.cookies() == []
    context.close()

"""An offline page, click to readable: the server's process is gone, the page's CPU slowed four times by Chromium.

From the click's own time stamp (the moment the input arrived) to the first frame after the new page's heading stands
in the document. Boosted links of an ordinary visit, on a new profile at 360 × 740. Beside it, in turn, the same pages
by ordinary navigation, from its start to the first contentful paint. The slowing reaches the page's thread, where
parsing, layout and painting are; the worker's thread runs at its own speed. Chromium slows by spinning while the page's
thread works, so that a busy machine counts several times: look at the load, and at the fastest click.
"""

from __future__ import annotations

import sys
from functools import partial

from playwright.sync_api import Error, Page, sync_playwright

from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.sites import new_phone, our_server
from tests.chromium import wait_stored
from tests.journeys.waiting import wait_until

LIMIT = 100.0
SLOWED = 4
LAPS = 4
WAY = ("/guides/", "/guides/temoin/", "/guides/", "/guides/images/", "/contacts/", "/contacts/3018/", "/contacts/", "/")
WATCH = """() => {
  window.__taken = [];
  let clicked = 0, before = null;
  const heading = () => { const h = document.querySelector("main h1"); return h && location.pathname + h.textContent; };
  addEventListener("click", event => { clicked = event.timeStamp; before = heading(); }, true);
  new MutationObserver(() => {
    if (!clicked || !heading() || heading() === before) return;
    const began = clicked;
    clicked = 0;
    // A frame callback runs before the frame is painted; a message posted in it arrives after.
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => window.__taken.push([location.pathname, performance.now() - began]);
      port2.postMessage(0);
    });
  }).observe(document, { childList: true, subtree: true });
}"""
PAINTED = """path => location.pathname !== path ? 0 :
  (performance.getEntriesByName("first-contentful-paint")[0] || { startTime: 0 }).startTime"""


def clicks(page: Page) -> dict[str, list[float]]:
    """Milliseconds of each click of the way, by address."""
    page.evaluate(WATCH)
    taken: dict[str, list[float]] = {}
    for number, path in enumerate(WAY):
        page.locator(f'a[href="{path}"]:visible').first.click()
        wait_until(partial(page.evaluate, "wanted => window.__taken.length === wanted", number + 1))
        where, milliseconds = page.evaluate("() => window.__taken.at(-1)")
        assert where == path, f"{path} was asked, {where} came"
        taken.setdefault(path, []).append(float(milliseconds))
        page.wait_for_timeout(200)
    return taken


def plain(page: Page) -> list[float]:
    """The same pages by ordinary navigation, from its start to the first contentful paint."""
    taken = []
    for path in WAY:
        page.evaluate("path => location.assign(path)", path)
        page.wait_for_timeout(100)
        taken.append(float(wait_until(partial(painted, page, path))))
    return taken


def painted(page: Page, path: str) -> float:
    try:
        return float(page.evaluate(PAINTED, path))
    except Error:  # between two pages
        return 0.0


def measure() -> Measured:
    with our_server() as server, sync_playwright() as playwright, new_phone(playwright) as phone:
        page = phone.pages[0]
        page.goto(server.url)
        wait_stored(page)
        page.reload()
        server.stop()
        phone.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
        taken: dict[str, list[float]] = {}
        ordinary: list[float] = []
        for _ in range(LAPS):
            for path, values in clicks(page).items():
                taken.setdefault(path, []).extend(values)
            ordinary += plain(page)
    every = [value for values in taken.values() for value in values]
    slowest = max(taken, key=lambda path: middle(taken[path]))
    extremes = f"fastest click {min(every):.0f} ms, slowest {max(every):.0f} ms"
    print(f"  {extremes}; slowest page {slowest} {middle(taken[slowest]):.0f} ms", file=sys.stderr)
    return {"median": middle(every), "slowest": middle(taken[slowest]), "clicks": len(every), "plain": middle(ordinary)}


def rows(values: Measured) -> list[Row]:
    median = values["median"]
    return [
        Row(
            f"offline page, click to readable, CPU ÷ {SLOWED}",
            f"{median:.0f} ms ({values['clicks']:.0f} clicks)",
            f"ordinary navigation {values['plain']:.0f} ms",
            f"{median / values['plain']:.2f}",
            f"≤ {LIMIT:.0f} ms",
            median <= LIMIT,
        ),
        Row("the same, slowest page", f"{values['slowest']:.0f} ms"),
    ]

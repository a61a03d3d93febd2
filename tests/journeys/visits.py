"""What visitors do again and again in journeys: follow links, and the traces a browser can be asked for."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, Page

# Pages of one visit: the link to follow, and the address it leads to.
TOUR = (
    ('.tabs a[href="/guides/"]', "/guides/"),
    ('.door[href="/guides/pressions/"]', "/guides/pressions/"),
    (".back", "/guides/"),
    ('.door[href="/guides/images/"]', "/guides/images/"),
    ('.tabs a[href="/contacts/"]', "/contacts/"),
    ('.card h3 a[href="/contacts/3018/"]', "/contacts/3018/"),
    (".brand", "/"),
)

# Moved: the address, and htmx has put the new page in and given it the focus.
_MOVED = """path => location.pathname === path && document.activeElement?.id === "contenu"
  && !document.querySelector(".htmx-request")"""

# Everything a site can leave in a browser, by name; cookies are asked for apart.
LEFT_BEHIND = """async () => {
  const files = [];
  for await (const name of (await navigator.storage.getDirectory()).keys()) files.push(name);
  return {
    caches: await caches.keys(),
    databases: (await indexedDB.databases()).map((database) => database.name),
    files,
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    cookies: document.cookie,
    workers: (await navigator.serviceWorker.getRegistrations()).length,
  };
}"""


def move(page: Page, link: str, path: str) -> None:
    """Follow a link inside the app, and wait until the page it leads to is there."""
    page.wait_for_function("() => window.htmx")
    page.locator(link).first.click()
    page.wait_for_function(_MOVED, arg=path, timeout=20_000)


def tour(page: Page) -> None:
    for link, path in TOUR:
        move(page, link, path)


def left_behind(page: Page, context: BrowserContext) -> dict[str, Any]:
    """What this visit has left in the browser, the empty things left out."""
    found = {**page.evaluate(LEFT_BEHIND), "cookies": context.cookies()}
    return {name: value for name, value in found.items() if value}


def entries(page: Page) -> list[str]:
    """Addresses behind Back and Forward, as Chromium itself lists them."""
    session = page.context.new_cdp_session(page)
    found = session.send("Page.getNavigationHistory")["entries"]
    session.detach()
    return [entry["url"] for entry in found]


def wait_at(page: Page, url: str) -> None:
    page.wait_for_url(url, timeout=20_000)

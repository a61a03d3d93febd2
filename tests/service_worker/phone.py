"""A phone as these tests hold it: one page, its worker, and what the two have stored."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

from tests.chromium import wait_stored
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.press import Edition

# As frontend/scripts/store.js asks.
ASK = """async type => {
  const registration = await navigator.serviceWorker.getRegistration();
  return new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = event => resolve(event.data);
    setTimeout(reject, 60000, new Error("the worker does not answer"));
    registration.active.postMessage({ type }, [port2]);
  });
}"""

_HEX = """const hex = async bytes => Array.from(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)),
  byte => byte.toString(16).padStart(2, "0")).join("");
"""

# What a reader is shown, address by address: the hash of the answer, or the fault.
SHOWN = f"""async urls => {{ {_HEX}
  const one = async url => {{
    const answer = await fetch(url);
    return [url, answer.ok ? await hex(await answer.arrayBuffer()) : answer.status];
  }};
  return Object.fromEntries(await Promise.all(urls.map(url => one(url).catch(String).then(
    found => Array.isArray(found) ? found : [url, found]))));
}}"""

# What lies in the content store: the pointers' editions, and each blob's name with its true hash.
STORE = f"""async () => {{ {_HEX}
  const store = await caches.open("contenu-1");
  const found = {{ pointers: {{}}, blobs: {{}} }};
  for (const request of await store.keys()) {{
    const path = new URL(request.url).pathname;
    const answer = await store.match(request);
    if (path.startsWith("/b/")) found.blobs[path.slice(3)] = await hex(await answer.arrayBuffer());
    else if (path !== "/horloge") found.pointers[path] = (await answer.json()).edition;
  }}
  return found;
}}"""


BLOBS = """async () => (await (await caches.open("contenu-1")).keys())
  .map(request => new URL(request.url).pathname).filter(path => path.startsWith("/b/"))"""

EDITION = "caches.match('/courant').then(found => found && found.json()).then(found => found ? found.edition : null)"
NUMBERS = (
    "[...document.querySelectorAll('main a[href^=tel], main a[href^=sms]')].map(link => link.getAttribute('href'))"
)


class Phone:
    """`Phone(context, url).visit()` is a first visit, until everything is stored."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        self.context = context
        self.url = url
        self.page: Page = context.new_page()
        self._cdp: CDPSession | None = None

    def visit(self, path: str = "/") -> Phone:
        self.page.goto(self.url + path)
        wait_stored(self.page, seconds=60)
        return self

    def visit_without_store(self) -> Phone:
        """A first visit in which nothing can be stored: the worker takes over all the same."""
        self.page.goto(self.url + "/")
        wait_until(lambda: self.page.evaluate("Boolean(navigator.serviceWorker.controller)"), 60)
        return self

    def ask(self, type_: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.evaluate(ASK, type_)
        return answer

    def sync(self) -> dict[str, Any]:
        return self.ask("sync")

    def blobs(self) -> set[str]:
        """Paths of the blobs it holds."""
        return set(self.page.evaluate(BLOBS))

    def edition(self) -> int | None:
        """The edition that readers are shown."""
        found: int | None = self.page.evaluate(EDITION)
        return found

    def store(self) -> dict[str, Any]:
        found: dict[str, Any] = self.page.evaluate(STORE)
        return found

    def cdp(self) -> CDPSession:
        if self._cdp is None:
            self._cdp = self.context.new_cdp_session(self.page)
            self._cdp.send("ServiceWorker.enable")
        return self._cdp

    def stop_worker(self) -> None:
        """As the browser does after some seconds of rest: what the worker remembers is gone."""
        self.cdp().send("ServiceWorker.stopAllWorkers")

    def must_show(self, edition: Edition, link: Link, *urls: str) -> None:
        """These addresses, or else every one, answer this edition's bytes from the store: none is asked for."""
        before = len(link.seen)
        shown: dict[str, str] = self.page.evaluate(SHOWN, list(urls or edition.files))
        truth = edition.shown
        assert {url: got for url, got in shown.items() if got != truth[url]} == {}
        assert set(link.paths(before)) & set(edition.files) == set()
        assert self.edition() == edition.number

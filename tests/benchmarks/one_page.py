"""A one-page change: one sentence of one guide, published while the phone holds the edition before.

Counted at a proxy that does not shape: requests, and bytes down with heads, of the synchronisation that follows.
The baseline is what the first synchronisation took: the manifest and the whole bundle.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.benchmarks.figure import Measured, Row
from tests.benchmarks.link import Link
from tests.benchmarks.sites import edition_files, folder, new_phone, our_server
from tests.builders import change_guide
from tests.chromium import wait_stored
from tests.journeys.waiting import wait_until

GUIDE = "temoin"
# The end of the front matter: the text gains a first paragraph.
OLD, NEW = "\n---\n", "\n---\nUne phrase de plus, publiée après coup.\n\n"
SYNC = """() => new Promise(done => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data.ok);
  navigator.serviceWorker.controller.postMessage({ type: "sync" }, [port2]);
})"""


def measure() -> Measured:
    with our_server() as server, folder() as place, Link(server.port) as link, sync_playwright() as playwright:
        before = edition_files(server)
        whole = sum(len(server.get(path, **{"Accept-Encoding": "br"})[2]) for path in ("/edition.json", "/bundle/1"))
        with new_phone(playwright) as phone:
            page = phone.pages[0]
            page.goto(link.url)
            wait_stored(page, 1)
            link.quiet(2)
            change_guide(server, place, GUIDE, OLD, NEW)
            server.command("publish")
            after = wait_until(lambda: (now := edition_files(server)) != before and now)
            link.reset()
            assert page.evaluate(SYNC), "the synchronisation failed"
            link.quiet(1)
            wait_stored(page, 2)
        changed = [url for url in after if after[url] != before.get(url)]
        expected = ["/edition.json", *(f"/b/{after[url]}" for url in changed)]
        return {
            "requests": len(link.requests),
            "down": link.down.bytes,
            "whole": whole,
            "pages_changed": len(changed),
            "only_those": link.requests == expected,
        }


def rows(values: Measured) -> list[Row]:
    down, whole = values["down"], values["whole"]
    return [
        Row(
            "one-page change: downloaded",
            f"{values['requests']:.0f} requests, {down / 1000:.1f} kB",
            f"first sync {whole / 1000:.1f} kB",
            f"{down / whole:.2f}",
            "manifest and that page",
            bool(values["only_those"]) and values["pages_changed"] == 1,
        )
    ]

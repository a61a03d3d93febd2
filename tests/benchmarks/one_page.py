"""A one-page change: one sentence of one guide, published while the phone holds the edition before.

Counted at a proxy that does not shape: requests, and bytes down with heads, of the synchronisation that follows.
The baseline is what the first synchronisation took: the manifest and the whole bundle.
"""

from __future__ import annotations

import json

from playwright.sync_api import sync_playwright

from tests.benchmarks.figure import Measured, Row
from tests.benchmarks.link import Link
from tests.benchmarks.sites import folder, new_phone, our_server
from tests.builders import Server, change_guide
from tests.journeys.conftest import wait_stored, wait_until

GUIDE, OLD, NEW = "temoin", "témoin", "Témoin"
SYNC = """() => new Promise(done => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => done(data.ok);
  navigator.serviceWorker.controller.postMessage({ type: "sync" }, [port2]);
})"""


def files(server: Server) -> tuple[int, dict[str, str]]:
    """Number of the edition now served, and its addresses with their hashes."""
    signed = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    return signed["edition"], {url: file["sha256"] for url, file in signed["files"].items()}


def measure() -> Measured:
    with our_server() as server, folder() as place, Link(server.port) as link, sync_playwright() as playwright:
        _, before = files(server)
        whole = sum(len(server.get(path, **{"Accept-Encoding": "br"})[2]) for path in ("/edition.json", "/bundle/1"))
        with new_phone(playwright) as phone:
            page = phone.pages[0]
            page.goto(link.url)
            wait_stored(page, 1)
            link.quiet(2)
            change_guide(server, place, GUIDE, OLD, NEW)
            server.command("publish")
            wait_until(lambda: files(server)[0] == 2)
            link.reset()
            assert page.evaluate(SYNC), "the synchronisation failed"
            link.quiet(1)
            wait_stored(page, 2)
            asked, down = list(link.requests), link.down.bytes
    _, after = files_after = 2, {}  # replaced below
    del files_after
    return {"requests": len(asked), "bytes": down, "whole": whole}

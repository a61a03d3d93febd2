"""First visit to "everything stored", in Chromium on a new profile, over a link of 400 kbit/s and 400 ms round trip.

Seconds from opening the home page to the whole edition being in the store and shown; bytes (both directions, heads
included) and requests, counted at the link until it has been quiet for three seconds, so that what follows the
storing counts too. Ours and Workbox precaching the same files from the same server, in turn; medians.
The link is proved first: a round trip, a download of known size, and a fetch by the page and by the worker.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from playwright.sync_api import Error, Page, sync_playwright

from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.link import Link
from tests.benchmarks.sites import edition_files, new_phone, our_server, uvicorn
from tests.builders import Server, http_get

BITS, ROUND_TRIP = 400_000.0, 0.4
ROUNDS = 5
LIMITS = {"seconds": 6.0, "bytes": 120_000.0, "requests": 12.0}
LESS_BYTES, LESS_TIME = 2.0, 3.0

OURS = """async () => {
  if (!(await caches.has("contenu-1"))) return 0;
  const store = await caches.open("contenu-1");
  return (await store.match("/courant")) ? (await store.keys()).length : 0;
}"""
WORKBOX = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  const name = (await caches.keys()).find(name => name.includes("precache"));
  return registration && registration.active && name ? (await (await caches.open(name)).keys()).length : 0;
}"""
FETCH = """async () => {
  const began = performance.now();
  const answer = await fetch("/api/v1/edition-key", { cache: "no-store" });
  await answer.arrayBuffer();
  return (performance.now() - began) / 1000;
}"""
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').map(entry => entry.startTime / 1000)[0] || 0"


def prove(server: Server) -> Measured:
    """What a plain client sees on the link: new connection and one small answer, then the rate of a larger one."""
    with Link(server.port, BITS, ROUND_TRIP) as link:
        began = time.monotonic()
        http_get(f"{link.url}/api/v1/edition-key", method="HEAD")
        small = time.monotonic() - began
        began = time.monotonic()
        body = http_get(f"{link.url}/sources/")[2]
        return {"small": small, "rate": 8 * len(body) / (time.monotonic() - began - small)}


def visit(port: int, stored: str, files: int) -> Measured:
    """One first visit: what it took until `stored` counts every file."""
    with sync_playwright() as playwright, Link(port, BITS, ROUND_TRIP) as link, new_phone(playwright) as phone:
        page = phone.pages[0]
        began = time.monotonic()
        page.goto(link.url, wait_until="commit")
        while (count := stored_count(page, stored)) < files:
            if time.monotonic() - began > 180:
                raise TimeoutError(f"{count} of {files} files stored after three minutes; asked: {link.requests}")
            time.sleep(0.05)
        seconds = time.monotonic() - began
        link.quiet(3)
        worker = phone.service_workers[0]
        return {
            "seconds": seconds,
            "bytes": link.up.bytes + link.down.bytes,
            "up": link.up.bytes,
            "requests": len(link.requests),
            "painted": page.evaluate(PAINTED),
            "page_fetch": page.evaluate(f"async () => {{ await ({FETCH})(); return ({FETCH})(); }}"),
            "worker_fetch": worker.evaluate(f"async () => {{ await ({FETCH})(); return ({FETCH})(); }}"),
        }


def stored_count(page: Page, script: str) -> int:
    try:
        return int(page.evaluate(script))
    except Error:  # the page is still coming
        return 0


def measure() -> Measured:
    values: Measured = {}
    with our_server() as server, uvicorn("tests.benchmarks.workbox:create", **server.environment) as (port, _):
        values |= {f"link {name}": value for name, value in prove(server).items()}
        files = edition_files(server)
        taken: dict[str, list[Measured]] = {"ours": [], "workbox": []}
        for number in range(ROUNDS):
            # The pointer is one more entry than the blobs; Workbox keeps one entry an address.
            taken["ours"].append(visit(server.port, OURS, len(set(files.values())) + 1))
            taken["workbox"].append(visit(port, WORKBOX, len(files)))
            for name, visits in taken.items():
                words = ", ".join(f"{key} {value:.2f}" for key, value in visits[-1].items())
                print(f"  round {number + 1}, {name}: {words}", file=sys.stderr, flush=True)
    for name, visits in taken.items():
        values |= {f"{name} {key}": middle(visit[key] for visit in visits) for key in visits[0]}
    return values


def rows(values: Measured) -> list[Row]:
    ours = {name: values[f"ours {name}"] for name in ("seconds", "bytes", "requests", "painted")}
    theirs = {name: values[f"workbox {name}"] for name in ours}
    faster, lighter = theirs["seconds"] / ours["seconds"], theirs["bytes"] / ours["bytes"]
    said: dict[str, Callable[[float], str]] = {
        "seconds": lambda value: f"{value:.2f} s",
        "bytes": lambda value: f"{value / 1000:.1f} kB",
        "requests": lambda value: f"{value:.0f}",
    }
    found = [
        Row(
            f"first visit to everything stored: {name}",
            say(ours[name]),
            f"Workbox {say(theirs[name])}",
            f"{theirs[name] / ours[name]:.2f}",
            f"≤ {say(LIMITS[name])}",
            ours[name] <= LIMITS[name],
        )
        for name, say in said.items()
    ]
    found += [
        Row("  times fewer bytes", "", "Workbox", f"{lighter:.2f}", f"≥ {LESS_BYTES:.0f} ×", lighter >= LESS_BYTES),
        Row("  times less time", "", "Workbox", f"{faster:.2f}", f"≥ {LESS_TIME:.0f} ×", faster >= LESS_TIME),
        Row("  home page painted", f"{ours['painted']:.2f} s", f"Workbox {theirs['painted']:.2f} s"),
        Row(
            "  the link, as a plain client sees it",
            f"{values['link rate'] / 1000:.0f} kbit/s",
            f"connection and answer {values['link small']:.2f} s",
            target=f"{BITS / 1000:.0f} kbit/s, {2 * ROUND_TRIP:.1f} s",
            reached=abs(values["link rate"] / BITS - 1) < 0.05 and 0 <= values["link small"] - 2 * ROUND_TRIP < 0.1,
        ),
        Row(
            "  the link, fetch by page / by worker",
            f"{values['ours page_fetch']:.2f} / {values['ours worker_fetch']:.2f} s",
            target=f"≥ {ROUND_TRIP} s",
            reached=min(values["ours page_fetch"], values["ours worker_fetch"]) >= ROUND_TRIP,
        ),
    ]
    return found

"""What an edition says, read from the server while it still runs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import unescape

from tests.builders import Server

_H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Truth:
    headings: dict[str, str]
    """Every page, and its first heading."""
    pages: dict[str, str]
    """Every page, and the hash of its bytes."""
    others: dict[str, str]
    """Every other address, and the hash of its bytes."""


def read_truth(server: Server) -> Truth:
    files = json.loads(json.loads(server.get("/edition.json")[2])["signed"])["files"]
    pages = {url: file["sha256"] for url, file in files.items() if file["type"].startswith("text/html")}
    headings = {url: heading(server.get(url)[2].decode()) for url in pages}
    return Truth(headings, pages, {url: file["sha256"] for url, file in files.items() if url not in pages})


def heading(html: str) -> str:
    found = _H1.search(html)
    assert found, "a page without a heading"
    return " ".join(unescape(_TAG.sub("", found[1])).split())


def of_each_kind(urls: Iterable[str], count: int) -> list[str]:
    """The first pages of each kind, in order: `/contacts/3018/` and `/contacts/17/` are of one, `/avis/` is alone."""
    kinds: Counter[str] = Counter()
    found = []
    for url in urls:
        first, _, rest = url.strip("/").partition("/")
        kinds[kind := f"{first}/…" if rest else first] += 1
        if kinds[kind] <= count:
            found.append(url)
    return found


# What a reader sees of a page, in any browser. The body's own background comes from our stylesheet alone.
LOOK = """(() => ({
  status: performance.getEntriesByType("navigation")[0].responseStatus,
  heading: (document.querySelector("h1")?.textContent ?? "").split(/\\s+/).filter(Boolean).join(" "),
  styled: [...document.styleSheets].reduce((sum, sheet) => sum + sheet.cssRules.length, 0) > 20
    && getComputedStyle(document.body).backgroundColor !== "rgba(0, 0, 0, 0)",
}))()"""

# A boosted link that no page has, to an address that no edition has. Firefox shows scripts the page's own
# globals through `wrappedJSObject` alone.
ADD_LINK = """path => {
  const link = Object.assign(document.createElement("a"), { id: "essai", href: path, textContent: "Essai" });
  document.querySelector("main").prepend(link);
  (window.wrappedJSObject ?? window).htmx.process(link);
}"""

"""What an edition says, read from the server while it still runs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from html import unescape

from tests.builders import Server

_H1 = re.compile(r"<h1[^>]*>(.*?)</h1>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class Truth:
    headings: dict[str, str]
    """Every page, and its first heading."""
    others: dict[str, str]
    """Every other address, and the hash of its bytes."""


def read_truth(server: Server) -> Truth:
    files = json.loads(json.loads(server.get("/edition.json")[2])["signed"])["files"]
    pages = [url for url, file in files.items() if file["type"].startswith("text/html")]
    headings = {url: heading(server.get(url)[2].decode()) for url in pages}
    return Truth(headings, {url: file["sha256"] for url, file in files.items() if url not in headings})


def heading(html: str) -> str:
    found = _H1.search(html)
    assert found, "a page without a heading"
    return " ".join(unescape(_TAG.sub("", found[1])).split())


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

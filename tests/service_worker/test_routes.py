"""The table of decisions of routes.js, run in Chromium: which requests the worker answers, and from where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from backend.offline.places import SERVICE_WORKER

pytestmark = pytest.mark.browser

HERE = "https://ici.test"
FILES = ["/", "/guides/", "/guides/temoin/", "/hors-ligne/", "/recherche.json", "/assets/appui.0123.css"]
SHELL = ["/hors-ligne/", "/sortie/", "/coquille.css"]

NETWORK = {"kind": "network"}
PAGE = {"kind": "page"}


def stored(path: str) -> dict[str, str]:
    return {"kind": "stored", "path": path}


def shell(path: str) -> dict[str, str]:
    return {"kind": "shell", "path": path}


# path or address, whether a page is wanted → what the worker does
READING: list[tuple[str, bool, dict[str, str]]] = [
    ("/", True, stored("/")),
    ("/guides/temoin/", True, stored("/guides/temoin/")),
    ("/guides/temoin/", False, stored("/guides/temoin/")),
    ("/guides/temoin", True, stored("/guides/temoin/")),
    ("/guides", True, stored("/guides/")),
    ("/guides/temoin/?q=1", True, stored("/guides/temoin/")),
    ("/guides/temoin/#gestes", True, stored("/guides/temoin/")),
    ("/recherche.json", False, stored("/recherche.json")),
    ("/assets/appui.0123.css", False, stored("/assets/appui.0123.css")),
    ("/assets/appui.4567.css", False, NETWORK),
    # The edition's own page goes before the one the worker carries.
    ("/hors-ligne/", True, stored("/hors-ligne/")),
    ("/sortie/", True, shell("/sortie/")),
    ("/sortie", True, shell("/sortie/")),
    ("/coquille.css", False, shell("/coquille.css")),
    ("/nulle-part/", True, PAGE),
    ("/nulle-part/", False, NETWORK),
    ("/guides/temoin/x", True, PAGE),
    ("/Guides/", True, PAGE),
    ("//guides/", True, PAGE),
    # Names that every JavaScript object knows are no addresses.
    ("/constructor", True, PAGE),
    ("/__proto__/", True, PAGE),
    ("/toString", False, NETWORK),
    # Staff, interfaces and what the store is made from never come from the store.
    ("/equipe/", True, NETWORK),
    ("/equipe", True, NETWORK),
    ("/equipe/connexion/", True, NETWORK),
    ("/equipes/", True, PAGE),
    ("/api/v1/contacts", False, NETWORK),
    ("/api/v1/edition-key", True, NETWORK),
    ("/schema", True, NETWORK),
    ("/b/" + "0" * 64, False, NETWORK),
    ("/bundle/1", False, NETWORK),
    ("/edition.json", False, NETWORK),
    ("/edition.json", True, NETWORK),
    ("/edition.json/", True, NETWORK),
    ("/sw.js", False, NETWORK),
    ("/healthz", True, NETWORK),
    ("/readyz", True, NETWORK),
    ("/metrics", True, NETWORK),
    ("/effacer", False, NETWORK),
    ("https://ailleurs.test/", True, NETWORK),
    ("https://ici.test.ailleurs.test/guides/", True, NETWORK),
    ("http://ici.test/guides/", True, NETWORK),
    ("https://ici.test:8443/guides/", True, NETWORK),
]

_LOAD = f"""const load = source => new Function("SHELL", source + "; return {{ passes, find, wantsPage }};")(
  Object.fromEntries({SHELL!r}.map(path => [path, {{ kind: "shell", path }}])));
const entries = {FILES!r}.map(path => [path, {{ kind: "stored", path }}]);
const files = Object.assign(Object.create(null), Object.fromEntries(entries));
"""
# As main.js decides: let it pass, answer from the store or the shell, else ask the network, with a page at hand.
DECIDE = f"""([source, method, address, page]) => {{ {_LOAD}
  const {{ passes, find }} = load(source), url = new URL(address, "{HERE}");
  if (passes(method, url, "{HERE}")) return {{ kind: "network" }};
  const {{ stored, shell }} = find(url, files);
  return stored || shell || {{ kind: page ? "page" : "network" }};
}}"""
WANTS_PAGE = f"""([source, mode, headers]) => {{ {_LOAD}
  return load(source).wantsPage({{ mode, headers: new Headers(headers) }});
}}"""


@pytest.fixture(scope="module")
def source() -> str:
    return Path(SERVICE_WORKER / "routes.js").read_text()


def decide(page: Page, source: str, method: str, address: str, wanted: bool) -> Any:
    return page.evaluate(DECIDE, [source, method, address if "//" in address[1:] else HERE + address, wanted])


def test_reading_is_answered_as_the_table_says(page: Page, source: str) -> None:
    found = {(address, wanted): decide(page, source, "GET", address, wanted) for address, wanted, _ in READING}
    assert found == {(address, wanted): expected for address, wanted, expected in READING}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS"])
def test_nothing_but_reading_is_ever_answered_from_the_store(page: Page, source: str, method: str) -> None:
    for address, wanted, _ in READING:
        assert decide(page, source, method, address, wanted) == NETWORK


def test_a_page_is_wanted_by_a_navigation_or_by_htmx_alone(page: Page, source: str) -> None:
    table: list[tuple[str, dict[str, str], bool]] = [
        ("navigate", {}, True),
        ("cors", {"HX-Request": "true"}, True),
        ("same-origin", {"hx-request": "true", "HX-Boosted": "true"}, True),
        ("cors", {}, False),
        ("no-cors", {"Accept": "text/html"}, False),
    ]
    for mode, headers, expected in table:
        assert page.evaluate(WANTS_PAGE, [source, mode, headers]) is expected

"""What shows outside the pages tells nothing: titles, addresses, names of the app and of its stores."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from backend.offline.places import FRONTEND, SERVICE_WORKER
from backend.offline.variants import VARIANTS, web_manifest
from backend.offline.worker import shell
from tests.builders import Server
from tests.chromium import wait_stored
from tests.conventions.conftest import Pages
from tests.markup import parse
from tests.words import telling


def test_the_list_of_telling_words_knows_them() -> None:
    for word in ("Harcèlement", "violences", "victimes", "Police", "sexuel", "chantage", "aide", "Plainte", "intime"):
        assert telling(word), word
    for number in ("3018", "39 19", "116 006", "17Cyber"):
        assert telling(number), number
    assert telling("Soupe de potiron, 30 min, raide comme la nuit") == []


def test_titles_of_all_pages_are_neutral(pages: Pages) -> None:
    titles = {url: page.first("title").text for url, page in pages.items()}
    assert {url: title for url, title in titles.items() if telling(title) or re.search(r"\d", title)} == {}
    assert all(titles.values())


def test_titles_inside_the_worker_are_neutral() -> None:
    for url, file in shell().items():
        assert telling(url) == [], url
        if file.type.startswith("text/html"):
            assert telling(parse(file.body).first("title").text) == [], url


def test_the_exit_page_mentions_nothing_of_us() -> None:
    page = shell()["/sortie/"].body
    assert telling(page) == []
    assert not re.search(r"\bappui\b", page, re.IGNORECASE)
    assert parse(page).tags("a", "script") == []


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda variant: variant.id)
def test_install_variants_tell_nothing(variant: object) -> None:
    manifest = json.loads(web_manifest(variant))  # type: ignore[arg-type]
    assert telling(json.dumps(manifest, ensure_ascii=False)) == []
    for telltale in (
        "description",
        "shortcuts",
        "screenshots",
        "badge",
        "categories",
        "share_target",
        "protocol_handlers",
    ):
        assert telltale not in manifest


# Addresses that do tell, known and listed: `temoin` stands in the contract, contacts carry their public ids.
TELLING_ADDRESSES = {"/guides/temoin/", "/guides/plainte/", "/guides/preuves/"}


def test_no_further_address_tells_what_its_page_is_about(pages: Pages) -> None:
    ours = {url for url in pages if not url.startswith("/contacts/")}
    assert {url for url in ours if telling(url)} <= TELLING_ADDRESSES


def test_stores_and_settings_are_named_neutrally(chromium: Browser, server: Server) -> None:
    context = chromium.new_context()
    page = context.new_page()
    page.goto(server.url + "/guides/")
    wait_stored(page)
    page.locator("[data-dismiss]").click()
    names = page.evaluate("""async () => [...await caches.keys(), ...Object.keys(localStorage),
      ...(await indexedDB.databases()).map(({ name }) => name)]""")
    keys = page.evaluate("""async () => (await (await caches.open("contenu-1")).keys())
      .map(({ url }) => new URL(url).pathname).filter(path => !path.startsWith("/b/"))""")
    context.close()
    assert names
    assert [name for name in names + keys if telling(name)] == []


def test_scripts_name_their_stores_neutrally() -> None:
    # What no visit has opened yet counts too.
    opened = re.compile(r"(?:caches\.open|indexedDB\.open|(?:get|set)Item)\(\s*[\"'`]([^\"'`]+)|CACHE = \"([^\"]+)")
    files = [*Path(SERVICE_WORKER).glob("*.js"), *(FRONTEND / "scripts").glob("*.js")]
    names = [a or b for file in files for a, b in opened.findall(file.read_text())]
    assert names
    assert [name for name in names if telling(name)] == []

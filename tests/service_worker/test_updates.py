"""How an edition reaches a phone, counted at the server's door; and what the reader sees of it."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.builders import Server, change_guide
from tests.chromium import PHONE, wait_stored
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link, paced
from tests.service_worker.phone import Phone

pytestmark = pytest.mark.browser

GUIDE = "/guides/temoin/"
DONE = {"ok": True, "changed": True}
NOTHING_NEW = {"ok": True, "changed": False}
WORDS = "document.querySelector('[data-stored-words]').textContent"


@pytest.fixture(scope="module")
def door(changing: Server) -> Iterator[Link]:
    with Link(changing) as running:
        yield running


@pytest.fixture(scope="module")
def phone(chromium: Browser, door: Link) -> Iterator[Phone]:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield Phone(context, door.url).visit()
    context.close()


def asked(door: Link, start: int = 0) -> list[str]:
    """What was fetched to fill the store."""
    return [path for path in door.paths(start) if re.match(r"/(edition\.json|b/|bundle/)", path)]


def files(server: Server) -> dict[str, str]:
    signed = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    return {url: file["sha256"] for url, file in signed["files"].items()}


def publish(server: Server, *command: str) -> int:
    """Publish, and wait until the running server serves it, which the contract promises within five seconds."""
    before = server.edition
    server.command(*(command or ("publish",)))
    wait_until(lambda: server.edition == before + 1, 15)
    return before + 1


def add_sentence(server: Server, folder: Path, words: str) -> None:
    """One sentence more at the end of a paragraph of the guide."""
    server.command("pack", "export", str(folder / "text.zip"))
    with zipfile.ZipFile(folder / "text.zip") as opened:
        text = opened.read("guides/temoin.md").decode()
    found = re.search(r"^[A-Z][^\n#:*\[\]]{40,}\.$", text, re.MULTILINE)
    assert found, "no plain sentence in the guide"
    change_guide(server, folder, "temoin", found[0], f"{found[0]} {words}")


def test_a_first_visit_fetches_one_bundle_and_no_blob(context: BrowserContext, door: Link, changing: Server) -> None:
    start = len(door.seen)
    Phone(context, door.url).visit()
    assert [path for path in asked(door, start) if path != "/edition.json"] == [f"/bundle/{changing.edition}"]


def test_the_answer_of_the_browser_about_keeping_is_shown(phone: Phone) -> None:
    phone.page.goto(phone.url + "/reglages/")
    said = wait_until(lambda: phone.page.text_content("[data-persist-words]"))
    kept = phone.page.evaluate("navigator.storage.persisted()")
    assert ("s’engage à garder" in said) is kept
    assert ("peut effacer" in said) is not kept


def test_it_is_shown_as_well_after_a_move_inside_the_app(phone: Phone) -> None:
    phone.page.goto(phone.url + "/")
    phone.page.wait_for_function("() => window.htmx")
    phone.page.locator('.footer a[href="/reglages/"]').click()
    phone.page.wait_for_function("() => location.pathname === '/reglages/'")
    assert wait_until(lambda: phone.page.text_content("[data-persist-words]"))


def test_with_no_change_only_the_manifest_is_asked_for_and_is_not_sent_again(phone: Phone, door: Link) -> None:
    phone.sync()
    start = len(door.seen)
    assert phone.sync() == NOTHING_NEW
    assert door.seen[start:] == [("/edition.json", 304)]


def test_every_page_prints_its_date(changing: Server) -> None:
    pages = [url for url in files(changing) if url.endswith("/")]
    undated = [url for url in pages if not re.search(rb'Page du <time datetime="20\d\d-', changing.get(url)[2])]
    assert undated == []


def test_a_one_page_change_downloads_the_manifest_and_that_page_and_keeps_the_worker(
    phone: Phone, door: Link, changing: Server, tmp_path: Path
) -> None:
    phone.sync()
    worker, before = changing.get("/sw.js")[2], files(changing)
    publish(changing)  # the number moves, no page does
    assert files(changing) == before
    add_sentence(changing, tmp_path, "Vous pouvez le faire.")
    edition = publish(changing)
    after = files(changing)
    assert [url for url in after if after[url] != before.get(url)] == [GUIDE]
    assert changing.get("/sw.js")[2] == worker
    start = len(door.seen)
    phone.page.goto(phone.url + "/contacts/")
    assert wait_stored(phone.page, edition) == edition
    assert set(asked(door, start)) == {"/edition.json", f"/b/{after[GUIDE]}"}
    assert asked(door, start).count(f"/b/{after[GUIDE]}") == 1
    assert "Vous pouvez le faire." in phone.page.evaluate("async url => (await fetch(url)).text()", GUIDE)


def offered(page: Page) -> bool:
    return page.locator("[data-update]").is_visible()


def test_a_return_to_an_old_edition_is_taken_offered_and_shown_whole_by_the_next_click(
    phone: Phone, door: Link, changing: Server, tmp_path: Path
) -> None:
    """The page on screen stays until the reader moves; the next page comes loaded whole, not swapped in."""
    add_sentence(changing, tmp_path, "Une phrase de trop.")
    publish(changing)
    phone.sync()
    assert "Une phrase de trop." in phone.page.evaluate("async url => (await fetch(url)).text()", GUIDE)
    phone.page.goto(phone.url + "/guides/")
    wait_until(lambda: phone.page.text_content("[data-edition]"))
    assert not offered(phone.page)
    edition = publish(changing, "rollback", "1")
    assert phone.sync() == DONE
    wait_until(lambda: offered(phone.page))
    before = phone.page.evaluate("performance.timeOrigin")
    phone.page.locator(f'main a[href="{GUIDE}"]').first.click()
    wait_until(lambda: phone.page.evaluate("[location.pathname, performance.timeOrigin]") != [GUIDE, before]
               and phone.page.evaluate("performance.timeOrigin") != before)  # fmt: skip
    assert phone.page.url == phone.url + GUIDE
    assert "Une phrase de trop." not in phone.page.content()
    wait_until(lambda: f"Édition {edition}" in (phone.page.text_content("[data-edition]") or ""))
    assert not offered(phone.page)


def test_an_edition_that_arrives_while_a_page_opens_is_offered_too(phone: Phone, door: Link, changing: Server) -> None:
    """The page came from the old edition: its own first check must say that there is a newer one."""
    phone.page.goto(phone.url + "/sortie/")  # no script of ours is running
    edition = publish(changing)
    phone.page.goto(phone.url + "/contacts/")
    assert wait_stored(phone.page, edition) == edition
    wait_until(lambda: offered(phone.page))
    phone.page.locator("[data-update-link]").click()
    wait_until(
        lambda: f"Édition {edition}" in (phone.page.text_content("[data-edition]") or "") and not offered(phone.page)
    )
    assert phone.page.url == phone.url + "/contacts/"


def test_a_slow_first_visit_shows_how_far_it_is(chromium: Browser, door: Link) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    with door.bent({"/bundle/*": paced(500_000)}):
        phone = Phone(context, door.url)
        phone.page.goto(phone.url)
        bar = phone.page.locator("[data-stored-progress]")
        wait_until(bar.is_visible)
        first = bar.evaluate("bar => bar.value")
        assert "%" in phone.page.evaluate(WORDS)
        wait_until(lambda: not bar.is_visible() or bar.evaluate("bar => bar.value") > first)
        wait_stored(phone.page, seconds=60)
        wait_until(lambda: "Enregistré sur ce téléphone" in phone.page.evaluate(WORDS))
        assert not bar.is_visible()
    context.close()

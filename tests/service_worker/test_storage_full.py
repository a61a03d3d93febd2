"""A phone without room: the old edition stays whole, the page says so, and room made later is used."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from backend.offline.emergency import LINES
from tests.builders import Server
from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.phone import NUMBERS, Phone
from tests.service_worker.press import Press

pytestmark = pytest.mark.browser

FULL = {"ok": False, "full": True}
DONE = {"ok": True, "changed": True}
PAGES = ("/guides/temoin/", "/guides/images/", "/contacts/3018/", "/sources/", "/")
WORDS = "document.querySelector('[data-stored-words]').textContent"


def room(phone: Phone, **size: int) -> None:
    """Leave so many bytes to this origin; none given: as much as before."""
    phone.cdp().send("Storage.overrideQuotaForOrigin", {"origin": phone.url, **size})


@pytest.mark.parametrize("bytes_left", [0, 20_000, 60_000])
def test_an_update_without_room_leaves_the_old_edition_and_says_so(
    reader: Phone, link: Link, press: Press, bytes_left: int
) -> None:
    old, new = press.last, press.next(*PAGES)
    link.serve(new.answers())
    before = reader.blobs()
    used = reader.page.evaluate("async () => (await navigator.storage.estimate()).usage")
    room(reader, quotaSize=used + bytes_left)
    assert reader.sync() == FULL
    wait_until(lambda: "plus de place" in reader.page.evaluate(WORDS))
    reader.must_show(old, link)
    reader.stop_worker()
    reader.must_show(old, link)
    assert reader.blobs() <= before, "what the download had taken is given back"
    room(reader)
    assert reader.sync() == DONE
    reader.must_show(new, link)
    wait_until(lambda: "Enregistré" in reader.page.evaluate(WORDS))


def test_a_first_visit_without_room_still_shows_who_to_call_offline(
    chromium: Browser, server: Server, press: Press
) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    with Link(server) as link:
        phone = Phone(context, link.url)
        room(phone, quotaSize=1)
        phone.visit_without_store()
        wait_until(lambda: "plus de place" in phone.page.evaluate(WORDS))
        assert phone.store()["pointers"] == {}
    # The link is gone: what follows comes from the worker alone.
    for path in ("/", "/guides/temoin/", "/nulle-part/"):
        phone.page.goto(phone.url + path)
        assert {line.href for line in LINES} == set(phone.page.evaluate(NUMBERS))
    context.close()


def test_a_first_visit_without_room_is_completed_once_there_is_some(
    chromium: Browser, link: Link, press: Press
) -> None:
    link.serve(press.last.answers())
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    phone = Phone(context, link.url)
    room(phone, quotaSize=1)
    phone.visit_without_store()
    room(phone)
    assert phone.sync() == DONE
    phone.must_show(press.last, link)
    context.close()


def test_a_store_that_does_not_open_keeps_no_page_waiting(reader: Phone) -> None:
    """The page gives the worker thirty seconds; « Tout effacer » must not hang for as long."""
    (worker,) = reader.context.service_workers
    worker.evaluate("() => { caches.match = caches.open = caches.delete = () => Promise.reject(new Error()); }")
    assert [reader.ask(told) for told in ("clock", "forget")] == [None, None]

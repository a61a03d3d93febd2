"""A push on a phone: exactly one neutral line whatever it holds, the hours right offline at once, repeats unseen."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.pushed import Pushed, message
from tests.service_worker.test_hours_on_the_phone import states

pytestmark = pytest.mark.browser

OLD = '[data-contact="{0}"] [data-old], [data-line="{0}"] [data-old]'
CHANGED = "Changement reçu par un avis : voyez ci-dessus. D’habitude : Tous les jours."


STRANGE = {
    "nothing": "",
    "not JSON": "bonjour",
    "a number": "42",
    "a list": "[]",
    "null": "null",
    "no notification": "{}",
    "data of another kind": json.dumps({"notification": {"data": "x"}}),
    "a contact that leads elsewhere": message(contact="../../evil"),
    "a contact that is an address": message(contact="//evil.example"),
    "an edition that is a text": message(edition="9"),  # type: ignore[arg-type]
    "intervals that are none": message(intervals="x"),
    "intervals of texts": message(intervals=[["a", "b", "open"]]),
    "intervals of nothing": message(intervals=[None]),
    "a very long one": message(hours_text="x" * 3_000),
}


@pytest.fixture(scope="module")
def receiver(chromium: Browser, link: Link) -> Iterator[Pushed]:
    """One phone for all that is strange: it stays as it was."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    yield Pushed(context, link)
    context.close()


@pytest.mark.parametrize("kind", STRANGE)
def test_whatever_it_holds_one_neutral_line_is_shown(receiver: Pushed, kind: str) -> None:
    receiver.dismiss()
    shown = receiver.push(STRANGE[kind])
    assert len(shown) == 1
    assert (shown[0]["title"], shown[0]["body"]) == ("Mise à jour", "")
    assert shown[0]["data"] in ("/contacts/", "/contacts/3018/")


def test_hours_that_came_with_it_are_right_offline_at_once(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    page = pushed.phone.page
    context.set_offline(True)
    pushed.push(message())
    wait_until(lambda: CHANGED in page.inner_text("main"), 10)
    assert states(page)["3018"].startswith("Ouvert, ferme")
    assert not page.locator("main [data-week]").is_visible(), "the week as it was"
    pushed.phone.stop_worker()
    page.goto(door.url + "/contacts/3018/")
    wait_until(lambda: states(page)["3018"].startswith("Ouvert, ferme"), 10)
    for path in ("/", "/contacts/", "/hors-ligne/"):
        page.goto(door.url + path)
        page.locator(OLD.format("3018")).first.wait_for(state="attached")
        wait_until(lambda: not any(old.is_visible() for old in page.locator(OLD.format("3018")).all()), 10)
        assert any(old.is_visible() for old in page.locator(OLD.format("3919")).all()), "nothing was said of others"


def test_a_contact_that_is_no_more_shows_no_number_offline_at_once(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    page = pushed.phone.page
    context.set_offline(True)
    pushed.push(message(gone=True, hours_text="Ce contact ne répond plus.", intervals=[]))
    called = page.locator('main a[href^="tel:3018"]:visible')
    wait_until(lambda: "Ce contact ne répond plus." in page.inner_text("main"), 10)
    assert called.count() == 0
    assert page.locator("main [data-withdrawn] a").is_visible(), "a way on"
    assert "Changement reçu" not in page.inner_text("main")
    page.goto(door.url + "/contacts/")
    wait_until(lambda: page.locator('[data-contact="3018"][data-status="withdrawn"]').count() > 0, 10)
    assert page.locator('[data-contact="3018"] a[href^="tel:"]:visible').count() == 0
    for path in ("/", "/hors-ligne/", "/recherche/"):
        page.goto(door.url + path)
        wait_until(lambda: page.locator('a[href="tel:3018"]:visible').count() == 0, 10)


def test_a_contact_that_a_newer_notice_brings_back_shows_its_number_again(context: BrowserContext, door: Link) -> None:
    """To somebody who never left the app."""
    pushed = Pushed(context, door)
    page = pushed.phone.page
    page.goto(door.url + "/contacts/")
    page.wait_for_function("() => window.htmx")
    context.set_offline(True)
    pushed.push(message(gone=True, hours_text="Ce contact ne répond plus.", intervals=[]))
    page.locator('[data-contact="3018"][data-status="withdrawn"]').first.wait_for(state="attached", timeout=10_000)
    page.evaluate("window.stayed = true")
    pushed.push(message("n2", edition=10))
    page.wait_for_timeout(1000)
    page.locator('main a[href="/contacts/3018/"]').first.evaluate("link => link.click()")
    page.wait_for_url("**/contacts/3018/")
    page.locator('main .contact > a.call[href^="tel:3018"]').wait_for(timeout=10_000)
    wait_until(lambda: CHANGED in page.inner_text("main"), 10)
    assert page.evaluate("window.stayed")


def test_two_contacts_told_of_at_the_same_moment_are_both_right(context: BrowserContext, door: Link) -> None:
    """As when a phone comes back: its push service hands over all it kept at once."""
    pushed = Pushed(context, door)
    page = pushed.phone.page
    context.set_offline(True)
    contacts = ["3018", "3919", "119", "116006", "114"]
    pushed.push(message("first", contact="3018", edition=8))  # the worker is awake
    told = [message(f"n{number}", contact=contact) for number, contact in enumerate(contacts)]
    together = "told => { for (const data of told) self.dispatchEvent(new PushEvent('push', { data })); }"
    context.service_workers[0].evaluate(together, told)
    kept = "async () => (await (await caches.match('/nouvelles')).json())"
    wait_until(lambda: len(pushed.shown()) == len(contacts), 30)
    page.wait_for_timeout(1000)
    news = page.evaluate(kept)
    assert {contact: told["edition"] for contact, told in news["contacts"].items()} == dict.fromkeys(contacts, 9)
    assert set(news["seen"]) == {"first", "n0", "n1", "n2", "n3", "n4"}


def test_an_older_word_never_takes_the_place_of_a_newer_one(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    context.set_offline(True)
    later = int((datetime.now(UTC) + timedelta(days=2)).timestamp()) // 60
    pushed.push(message("n2", edition=9))
    pushed.push(message("n1", edition=8, intervals=[[later, 60, "open"]]))
    pushed.push(message("n0", edition=1, intervals=[[later, 60, "open"]]))  # the edition it holds is as new
    wait_until(lambda: states(pushed.phone.page)["3018"].startswith("Ouvert, ferme"), 10)


@pytest.mark.parametrize(("dice", "at_once"), [(0, True), (0.9, False)])
def test_the_edition_is_asked_for_after_a_while_of_its_own(
    context: BrowserContext, door: Link, dice: float, at_once: bool
) -> None:
    """Between now and twenty seconds, as the dice fall: a million phones must not come at once."""
    pushed = Pushed(context, door)
    (worker,) = context.service_workers
    worker.evaluate("dice => { Math.random = () => dice; }", dice)
    pushed.phone.page.goto("about:blank")  # the page would ask by itself
    door.seen.clear()
    worker.evaluate("data => { self.dispatchEvent(new PushEvent('push', { data })); }", message())
    pushed.phone.page.wait_for_timeout(2_500)
    assert (("/edition.json", 200) in door.seen or ("/edition.json", 304) in door.seen) is at_once


def test_a_repeat_is_not_told_again(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    first = pushed.push(message("n1"))
    wait_until(lambda: pushed.phone.page.evaluate("caches.match('/nouvelles').then(Boolean)"), 10)
    again = pushed.push(message("n1"))
    assert [len(first), len(again)] == [1, 1]
    assert [first[0]["silent"], again[0]["silent"]] == [False, True]


def test_hours_of_an_unknown_contact_change_nothing(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    context.set_offline(True)
    before = states(pushed.phone.page)
    pushed.push(message(contact="nulle-part", intervals=[]))
    pushed.phone.page.reload()
    assert states(pushed.phone.page) == before


def test_erasing_takes_it_all_away(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    pushed.push(message())
    page = pushed.phone.page
    page.goto(door.url + "/reglages/")
    page.locator("[data-erase]").click()
    page.locator("[data-erase-yes]").click()
    page.locator("[data-erase-done]").wait_for()
    assert page.evaluate("caches.keys()") == []

"""What a phone says of hours: the server's words while its clock is right, and never « ouvert » otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from playwright.sync_api import Browser, Page

from backend.clock import paris_day
from backend.permanences.compile import compile_schedule
from backend.permanences.device_hours import device_hours
from backend.permanences.hours_words import sentence
from backend.permanences.paris_time import paris_day_of, utc_minute
from backend.permanences.schedule_reading import schedule_from_json
from tests.builders import Server
from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.phone import Phone

pytestmark = pytest.mark.browser

DAY_SECONDS = 86_400
STATES = """() => Object.fromEntries([...document.querySelectorAll("main [data-contact] > [data-hours]")]
  .map(place => [place.parentElement.dataset.contact, place.hidden ? "" : place.textContent]))"""
WEEK = {"weekly": {day: [["09:00", "23:00"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}}
LINE_3018 = schedule_from_json({**WEEK, "public_holidays": "as_usual"})


@pytest.fixture(scope="module")
def offline(chromium: Browser, server: Server) -> Iterator[Phone]:
    """A phone without a network since its visit: each test opens pages of its own, whose clocks alone are moved."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    phone = Phone(context, server.url).visit("/contacts/")
    assert claims(phone.page) != [], "3919 never shuts"
    context.set_offline(True)
    yield phone
    context.close()


def states(page: Page) -> dict[str, str]:
    """What is said of each contact, once something is."""
    wait_until(lambda: any(page.evaluate(STATES).values()), 15)
    found: dict[str, str] = page.evaluate(STATES)
    return {id_: words.replace("\u00a0", " ") for id_, words in found.items()}


def claims(page: Page) -> list[str]:
    return [words for words in states(page).values() if re.search(r"ouvert|sur rendez-vous", words, re.IGNORECASE)]


def later(days: int) -> str:
    """So many days have gone by, for the page and for the worker, with whose clock it compares its own."""
    return f"""const ahead = {days * DAY_SECONDS * 1000}, real = Date.now;
      Date.now = () => real() + ahead;
      const post = ServiceWorker.prototype.postMessage;
      ServiceWorker.prototype.postMessage = function (message, ports) {{
        const {{ port1, port2 }} = new MessageChannel();
        const moved = (data) => (data && data.now ? {{ ...data, now: data.now + ahead }} : data);
        port1.onmessage = ({{ data }}) => ports[0].postMessage(moved(data));
        post.call(this, message, [port2]);
      }};"""


def told_by_the_server(moment: datetime) -> str:
    minute = utc_minute(moment)
    words = sentence(device_hours(compile_schedule(LINE_3018, paris_day_of(minute))), minute).replace("\u00a0", " ")
    return words[0].upper() + words[1:]


@pytest.mark.parametrize("zone", ["Pacific/Pago_Pago", "Pacific/Kiritimati", "Europe/Paris", "UTC"])
def test_wherever_the_phone_is_it_says_what_the_server_says(chromium: Browser, door: Link, zone: str) -> None:
    context = chromium.new_context(viewport=PHONE, timezone_id=zone)  # type: ignore[arg-type]
    phone = Phone(context, door.url).visit("/contacts/3018/")
    now = datetime.now(UTC)
    said = states(phone.page)["3018"]
    assert said in {told_by_the_server(now + timedelta(minutes=turn)) for turn in (-1, 0, 1)}
    assert phone.page.locator("[data-paris]").first.is_visible() == (zone != "Europe/Paris")
    context.close()


# Ten years later by the server's clock, every contact would be withdrawn: nothing at all would be said.
@pytest.mark.parametrize("days", [1, -1, 85, -3650])
def test_a_clock_the_server_contradicts_claims_nothing_even_offline(chromium: Browser, door: Link, days: int) -> None:
    door.ahead_seconds = days * DAY_SECONDS
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    phone = Phone(context, door.url).visit("/contacts/")
    assert claims(phone.page) == []
    assert phone.page.locator("[data-clock-wrong]").first.is_visible()
    context.set_offline(True)
    phone.stop_worker()
    phone.page.goto(door.url + "/contacts/3919/")
    assert claims(phone.page) == []
    assert phone.page.locator("[data-clock-wrong]").is_visible()
    context.close()


@pytest.mark.parametrize("days", [1, -1, 84, 200, 3650, -3650])
def test_a_clock_that_was_changed_since_claims_nothing(offline: Phone, days: int) -> None:
    """The page's clock alone is moved: what the worker knows contradicts it, or the weeks known are over."""
    other = offline.context.new_page()
    other.add_init_script(f"const real = Date.now; Date.now = () => real() + {days * DAY_SECONDS * 1000};")
    other.goto(offline.url + "/contacts/")
    assert claims(other) == []
    assert other.locator('.card[data-contact="3919"] .call').is_visible(), "no number goes for a phone's false date"
    other.close()


def test_offline_for_weeks_it_goes_on_until_the_horizon(offline: Phone) -> None:
    """Worker and page agree on the date: only what is stored decides. At twelve weeks nothing is claimed any more."""
    for days, told in ((0, True), (40, True), (83, True), (85, False), (400, False)):
        other = offline.context.new_page()
        other.add_init_script(later(days))
        other.goto(offline.url + "/contacts/")
        if told:
            # A minute that turns before the worker has answered shows « à vérifier » for an instant.
            wait_until(partial(claims, other), 15)
        else:
            states(other)
            other.wait_for_timeout(300)
            assert claims(other) == [], days
        other.close()


def test_a_contact_ages_on_the_phone_alone(chromium: Browser, door: Link) -> None:
    """Past its date it is called so; long past it leaves the lists, and its page no longer says how to reach it."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    phone = Phone(context, door.url).visit("/contacts/")
    by = phone.page.get_attribute('.card[data-contact="3919"]', "data-confirm-by")
    assert by is not None
    left = (datetime.fromisoformat(by).replace(tzinfo=UTC) - datetime.now(UTC)).days
    for days, expected, shown in (
        (left + 30, "to_confirm", True),
        (left + 200, "stale", True),
        (left + 500, "withdrawn", False),
    ):
        other = context.new_page()
        other.add_init_script(later(days))
        other.goto(door.url + "/contacts/")
        aged = '[data-contact="3919"]:not([data-status=confirmed])'
        other.locator(aged).first.wait_for(state="attached")
        card = other.locator(".card" + aged)
        assert card.get_attribute("data-status") == expected
        assert card.is_visible() is shown
        assert not shown or claims(other) == []
        other.goto(door.url + "/contacts/3919/")
        other.locator(".contact" + aged).wait_for(state="attached")
        assert other.locator(".contact > .call").count() == int(shown)
        assert other.locator("[data-withdrawn]").is_visible() is not shown
        other.close()
    context.close()


def test_who_answers_now_comes_first(chromium: Browser, door: Link) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    phone = Phone(context, door.url).visit("/contacts/")
    states(phone.page)
    order = phone.page.evaluate(
        "[...document.querySelector('[data-reachable]').children].map(c => c.dataset.state || 'unknown')"
    )
    ranks = [["open", "appointment", "closed", "unknown"].index(state) for state in order]
    assert ranks == sorted(ranks)
    assert {"open", "unknown"} <= set(order)
    context.close()


def test_filters_work_without_script_and_offline(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server.url + "/contacts/")
    page.locator(".filters summary").click()
    page.locator("#f-chat").check()
    assert page.locator('.card[data-contact="3018"]').is_hidden()
    assert page.locator('.card[data-contact="3018-tchat"]').is_visible()
    page.locator("#f-femmes").check()
    assert page.locator('.card[data-contact="3018-tchat"]').is_hidden(), "it names others"
    assert page.locator('.card[data-contact="arretons-les-violences-tchat"]').is_visible(), "it names nobody"
    page.locator(".filters [type=reset]").click()
    assert page.locator('.card[data-contact="3018"]').is_visible()
    context.close()


def test_every_choice_has_its_rule(server: Server) -> None:
    """A choice that hides nothing would be a lie: the style sheet knows each one offered."""
    html = server.get("/contacts/")[2].decode()
    css = server.get(re.findall(r'href="(/assets/appui[^"]+\.css)"', html)[0])[2].decode()
    offered = re.findall(r'id="(f-[A-Za-z]+)"', html)
    assert len(offered) > 15
    assert [id_ for id_ in offered if f"#{id_}:checked" not in css] == []


def test_a_publication_is_seen_by_an_open_page(chromium: Browser, own_server: Server) -> None:
    """Within a minute of the page's clock, once the server has it: the page asks by itself while it is on screen."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.clock.install()
    phone = Phone(context, own_server.url).visit("/contacts/3018/")
    before = states(phone.page)["3018"]
    today = paris_day(datetime.now(UTC))  # late in the evening it is tomorrow there already
    assert (
        own_server.command(
            "hours", "close", "3018", "--from", str(today), "--until", str(today + timedelta(9))
        ).returncode
        == 0
    )
    own_server.command("publish")
    wait_until(lambda: own_server.edition == 2)
    assert states(phone.page)["3018"] == before
    context.clock.run_for(58_000)
    wait_until(lambda: states(phone.page)["3018"] != before)
    assert states(phone.page)["3018"].startswith("Fermé aujourd’hui (fermeture exceptionnelle)")
    context.close()

"""The whole chain in a real Firefox: follow in two taps, be told, read the new hours with the server stopped, click."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Server, running_server
from tests.journeys.autopush import Autopush, autopush
from tests.journeys.firefox import Firefox
from tests.journeys.test_firefox_visit import STORED
from tests.journeys.waiting import wait_until

pytestmark = pytest.mark.browser

SHOWN = """
const registration = await navigator.serviceWorker.getRegistration();
return (await registration.getNotifications()).map(({ title, body, data }) => ({ title, body, data }));
"""
STATE = "return document.querySelector('[data-follow-state]').textContent"
BUTTON = "[data-follow] button[type=submit]"
NEW_HOURS = "return document.querySelector('[data-new-hours]').textContent"
SUBSCRIBED = """
const registration = await navigator.serviceWorker.getRegistration();
return Boolean(await registration.pushManager.getSubscription());
"""
HOURS = "return document.querySelector('.contact [data-hours]').textContent"


@pytest.fixture
def service() -> Iterator[Autopush]:
    with autopush() as running:
        yield running


@pytest.fixture
def site(first_start: Path, tmp_path: Path, service: Autopush) -> Iterator[Server]:
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var", APPUI_PUSH_HOSTS_EXTRA=service.host) as running:
        yield running


@pytest.fixture
def firefox(tmp_path: Path, service: Autopush) -> Iterator[Firefox]:
    with Firefox(tmp_path / "firefox", service.preferences) as running:
        running.resize(360, 740)
        yield running


def ask(firefox: Firefox) -> None:
    firefox.run(f"document.querySelector('{BUTTON}').scrollIntoView({{ block: 'center' }})")
    firefox.click(BUTTON)


def follow(firefox: Firefox, site: Server, contact: str) -> None:
    """Two taps from the contact's page; the browser's own question is answered by its preferences."""
    firefox.open(f"{site.url}/contacts/{contact}/")
    firefox.wait_for(STORED)
    firefox.click(f'a[href="/avis/?c={contact}"]')
    firefox.wait_for(f"return document.querySelector('[data-follow] input[value=\"{contact}\"]').checked")
    ask(firefox)


def test_a_change_of_hours_reaches_the_phone_and_is_read_with_the_server_stopped(
    firefox: Firefox, site: Server, service: Autopush
) -> None:
    follow(firefox, site, "3018")
    firefox.wait_for(STATE + ".startsWith('C’est activé')", 30)
    assert [told["title"] for told in firefox.run(SHOWN)] == ["C’est activé"]
    hours = site.data_dir / "hours.json"
    hours.write_text(json.dumps({"weekly": {"mo": [["03:00", "03:10"]]}}))
    site.command("hours", "set", "3018", str(hours))
    site.command("publish")
    wait_until(lambda: len(service.sent) == 2, 20)
    site.stop()
    firefox.wait_for("return " + "(await (async () => {" + SHOWN + "})()).some(one => one.title === 'Mise à jour')", 20)
    told = next(one for one in firefox.run(SHOWN) if one["title"] == "Mise à jour")
    assert (told["body"], told["data"]) == ("", "/contacts/3018/")
    firefox.open(f"{site.url}/contacts/3018/")
    firefox.wait_for(HOURS + ".startsWith('Fermé, rouvre')", 20)
    assert "lundi, de 3" in firefox.run("return document.querySelector('[data-new-hours]').textContent").replace(
        "\xa0", " "
    )


def test_stopping_is_one_gesture_and_the_server_forgets(firefox: Firefox, site: Server, service: Autopush) -> None:
    follow(firefox, site, "3018")
    firefox.wait_for(STATE + ".startsWith('C’est activé')", 30)
    firefox.click("[data-follow-stop]")
    firefox.wait_for(STATE + ".startsWith('Aucun avis')", 20)
    assert (
        firefox.run(
            "return Boolean(await (await navigator.serviceWorker.getRegistration()).pushManager.getSubscription())"
        )
        is False
    )
    lines = json.loads(site.command("push-services", "list", "--json").stdout)
    assert [line["subscriptions"] for line in lines] == []


def test_asked_for_without_a_network_it_waits_and_says_so(firefox: Firefox, site: Server) -> None:
    firefox.open(f"{site.url}/avis/?c=3018")
    firefox.wait_for(STORED)
    site.stop()
    firefox.open(f"{site.url}/avis/?c=3018")
    firefox.wait_for("return !document.querySelector('[data-follow]').hidden")
    ask(firefox)
    firefox.wait_for(STATE + ".includes('prochaine ouverture')", 20)
    site.start()
    firefox.open(f"{site.url}/avis/")
    firefox.wait_for(STATE + ".startsWith('C’est activé')", 40)

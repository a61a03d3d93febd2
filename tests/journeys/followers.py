"""Somebody who follows a contact in a real Firefox, with a push service of ours on loopback."""

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

SHOWN = """
const registration = await navigator.serviceWorker.getRegistration();
return (await registration.getNotifications()).map(({ title, body, data }) => ({ title, body, data }));
"""
STATE = "return document.querySelector('[data-follow-state]').textContent"
FOLLOWING = STATE + ".startsWith('C’est activé')"
SUBSCRIPTION = """
const registration = await navigator.serviceWorker.getRegistration();
const held = registration && await registration.pushManager.getSubscription();
return held ? held.endpoint : "";
"""
_BUTTON = "[data-follow] button[type=submit]"


@pytest.fixture
def service() -> Iterator[Autopush]:
    with autopush() as running:
        yield running


@pytest.fixture
def site(first_start: Path, tmp_path: Path, service: Autopush) -> Iterator[Server]:
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var", delivers=True, APPUI_PUSH_HOSTS_EXTRA=service.host) as running:
        yield running


@pytest.fixture
def firefox(tmp_path: Path, service: Autopush) -> Iterator[Firefox]:
    with Firefox(tmp_path / "firefox", service.preferences) as running:
        running.resize(360, 740)
        yield running


def ask(firefox: Firefox) -> None:
    firefox.run(f"document.querySelector('{_BUTTON}').scrollIntoView({{ block: 'center' }})")
    firefox.click(_BUTTON)


def follow(firefox: Firefox, site: Server, contact: str) -> None:
    """Two taps from the contact's page; the browser's own question is answered by its preferences."""
    firefox.open(f"{site.url}/contacts/{contact}/")
    firefox.wait_for(STORED)
    firefox.click(f'a[href="/avis/?c={contact}"]')
    firefox.wait_for(f"return document.querySelector('[data-follow] input[value=\"{contact}\"]').checked")
    ask(firefox)
    firefox.wait_for(FOLLOWING, 30)


def change_hours(site: Server, contact: str, *span: str) -> None:
    """New hours on Mondays, published."""
    hours = site.data_dir / "hours.json"
    hours.write_text(json.dumps({"weekly": {"mo": [span]}}))
    site.command("hours", "set", contact, str(hours))
    site.command("publish")


def kept_by_the_server(site: Server) -> int:
    """How many subscriptions it knows."""
    return sum(line["subscriptions"] for line in json.loads(site.command("push-key", "list", "--json").stdout))

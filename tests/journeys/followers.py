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
from tests.journeys.waiting import wait_until

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


# Everything on screen but one empty tab: the notices still shown are those of the test before.
_CLEAR = """
for (const notice of Services.wm.getEnumerator("alert:alert")) notice.close();
const empty = gBrowser.addTrustedTab("about:blank");
gBrowser.selectedTab = empty;
gBrowser.removeAllTabsBut(empty, { skipWarnAboutClosingTabs: true });
"""


@pytest.fixture(scope="module")
def service() -> Iterator[Autopush]:
    with autopush() as running:
        yield running


@pytest.fixture
def site(first_start: Path, tmp_path: Path, service: Autopush, firefox: Firefox) -> Iterator[Server]:
    """The test's own, and with its port an origin that the module's Firefox has never met: what it keeps is apart."""
    fresh_tab(firefox)
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var", delivers=True, APPUI_PUSH_HOSTS_EXTRA=service.host) as running:
        yield running


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory, service: Autopush) -> Iterator[Firefox]:
    """One for all tests of a file: starting it is what costs."""
    with Firefox(tmp_path_factory.mktemp("firefox"), service.preferences) as running:
        running.resize(360, 740)
        yield running


def fresh_tab(firefox: Firefox) -> None:
    """An empty tab, the only one, and no notice on screen."""
    firefox.run_privileged(_CLEAR)
    (handle,) = wait_until(lambda: len(found := firefox.command("WebDriver:GetWindowHandles")) == 1 and found)
    firefox.command("WebDriver:SwitchToWindow", handle=handle)


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

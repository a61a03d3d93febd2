"""Somebody of the staff in a real Firefox: the switch, the push of a real worker, the click that leads to the desk."""

# ruff: noqa: F401, F811 - fixtures are imported, and asked for by their names

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders import Server
from tests.journeys.autopush import Autopush
from tests.journeys.firefox import Firefox
from tests.journeys.followers import SHOWN, SUBSCRIPTION, firefox, follow, fresh_tab, kept_by_the_server, service
from tests.journeys.test_firefox_visit import STORED
from tests.journeys.test_notices_in_firefox import CLICK_THE_NOTICE, TABS
from tests.journeys.waiting import wait_until
from tests.staffing import StaffClient, staff_client

pytestmark = pytest.mark.browser

BOX = "[data-setting=rappels]"
STATE = "return document.querySelector('[data-reminders-state]').textContent"
ON, OFF = (f"{STATE}.startsWith('{words}')" for words in ("C’est activé", "Ce n’est pas activé"))
REMINDED = f"return (await (async () => {{{SHOWN}}})()).filter(one => one.title === 'Mise à jour').length"
LATE = """UPDATE documents SET body = json_set(body, '$.confirmed_on', '2025-01-01', '$.confirm_by', '2026-01-01')
WHERE id = '3018'"""
MOVE = f"document.querySelector('{BOX}').scrollIntoView({{ block: 'center' }})"


@pytest.fixture
def site(first_start: Path, tmp_path: Path, service: Autopush, firefox: Firefox) -> Iterator[Server]:
    """Its pages and its staff at one origin, as on a real server."""
    fresh_tab(firefox)
    shutil.copytree(first_start, tmp_path / "var")
    server = Server(tmp_path / "var", delivers=True, APPUI_PUSH_HOSTS_EXTRA=service.host)
    server.url = server.url.replace("127.0.0.1", "localhost")
    server.environment["APPUI_PUBLIC_URL"] = server.url
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def editor(site: Server, firefox: Firefox) -> StaffClient:
    """Signed in, in this Firefox."""
    person = staff_client(site, "editor", "e-enfance")
    firefox.open(f"{site.url}/equipe/")
    cookie = {"name": person.name, "value": person.token, "path": "/equipe", "sameSite": "Strict", "httpOnly": True}
    firefox.command("WebDriver:AddCookie", cookie=cookie)
    return person


def database(site: Server, statement: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(site.data_dir / "appui.sqlite3", timeout=20) as connection:
        return connection.execute(statement).fetchall()


def switch(firefox: Firefox, site: Server, expected: str) -> None:
    firefox.open(f"{site.url}/equipe/moi/")
    firefox.wait_for(f"return !document.querySelector('{BOX}').disabled")
    firefox.run(MOVE)
    firefox.click(BOX)
    firefox.wait_for(expected, 30)


def has_opened_the_public_page(firefox: Firefox, site: Server) -> None:
    firefox.open(f"{site.url}/")
    firefox.wait_for(STORED, 60)


def test_from_the_switch_to_the_desk(firefox: Firefox, site: Server, editor: StaffClient, service: Autopush) -> None:
    firefox.open(f"{site.url}/equipe/moi/")
    firefox.wait_for(STATE + ".includes('la page publique')")  # nothing can receive yet, and it says what to do
    assert firefox.run(f"return document.querySelector('{BOX}').disabled")
    firefox.click("[data-reminders-open] a")
    firefox.wait_for(STORED, 60)
    switch(firefox, site, ON)
    assert kept_by_the_server(site) == 1
    before = len(service.sent)
    database(site, LATE)
    site.stop()
    site.start()  # a delivery worker that starts asks who is due
    wait_until(lambda: database(site, "SELECT 1 FROM notices"), 30)
    database(site, "UPDATE notices SET not_before = 0")  # at whatever hour this test runs
    firefox.wait_for(REMINDED, 30)
    assert len(service.sent) == before + 1
    (told,) = [one for one in firefox.run(SHOWN) if one["title"] == "Mise à jour"]
    assert (told["body"], told["data"]) == ("", "/contacts/equipe/")
    firefox.open("about:blank")
    wait_until(lambda: firefox.run_privileged(CLICK_THE_NOTICE, "Mise à jour"))
    wait_until(lambda: f"{site.url}/equipe/" in firefox.run_privileged(TABS))


def test_off_leaves_nothing_here_nor_there(firefox: Firefox, site: Server, editor: StaffClient) -> None:
    has_opened_the_public_page(firefox, site)
    switch(firefox, site, ON)
    firefox.open(f"{site.url}/equipe/moi/")
    firefox.wait_for(f"return document.querySelector('{BOX}').checked")  # and it says so when one comes back
    switch(firefox, site, OFF)
    assert kept_by_the_server(site) == 0
    assert firefox.run(SUBSCRIPTION) == ""
    # Nothing, but what one follows as a reader in the same browser.
    follow(firefox, site, "3018")
    endpoint = firefox.run(SUBSCRIPTION)
    switch(firefox, site, ON)
    assert kept_by_the_server(site) == 2
    switch(firefox, site, OFF)
    assert kept_by_the_server(site) == 1
    assert firefox.run(SUBSCRIPTION) == endpoint

"""The whole chain in a real Firefox: follow in two taps, be told, read the new hours with the server stopped, click."""

# ruff: noqa: F401, F811 - fixtures are imported, and asked for by their names

from __future__ import annotations

import pytest

from tests.builders import Server
from tests.journeys.autopush import Autopush
from tests.journeys.firefox import Firefox
from tests.journeys.followers import (
    FOLLOWING,
    SHOWN,
    STATE,
    SUBSCRIPTION,
    ask,
    change_hours,
    firefox,
    follow,
    kept_by_the_server,
    service,
    site,
)
from tests.journeys.test_firefox_visit import STORED
from tests.journeys.waiting import wait_until

pytestmark = pytest.mark.browser

NEW_HOURS = "return document.querySelector('[data-new-hours]').textContent"
HOURS = "return document.querySelector('.contact [data-hours]').textContent"
# Firefox's own window for a notice; the click is the mouse's, as far as Firefox can tell.
CLICK_THE_NOTICE = """
const shown = [...Services.wm.getEnumerator("alert:alert")]
  .filter(one => one.document.getElementById("alertTitleLabel").value === arguments[0]);
if (!shown.length) return false;
const { left, top, width, height } = shown[0].document.getElementById("alertBox").getBoundingClientRect();
for (const type of ["mousedown", "mouseup"])
  shown[0].synthesizeMouseEvent(type, left + width / 2, top + height / 2, { button: 0, clickCount: 1 });
return true;
"""
TABS = "return gBrowser.tabs.map(tab => tab.linkedBrowser.currentURI.spec)"


def test_a_change_of_hours_reaches_the_phone_and_is_read_with_the_server_stopped(
    firefox: Firefox, site: Server, service: Autopush
) -> None:
    before = len(service.sent)
    follow(firefox, site, "3018")
    assert [told["title"] for told in firefox.run(SHOWN)] == ["C’est activé"]
    change_hours(site, "3018", "03:00", "03:10")
    wait_until(lambda: len(service.sent) == before + 2, 20)
    site.stop()
    firefox.wait_for("return " + "(await (async () => {" + SHOWN + "})()).some(one => one.title === 'Mise à jour')", 20)
    told = next(one for one in firefox.run(SHOWN) if one["title"] == "Mise à jour")
    assert (told["body"], told["data"]) == ("", "/contacts/3018/")
    firefox.open(f"{site.url}/contacts/3018/")
    firefox.wait_for(HOURS + ".startsWith('Fermé, rouvre')", 20)
    assert "lundi, de 3" in firefox.run(NEW_HOURS).replace("\xa0", " ")


def test_stopping_is_one_gesture_and_the_server_forgets(firefox: Firefox, site: Server, service: Autopush) -> None:
    follow(firefox, site, "3018")
    firefox.click("[data-follow-stop] button")
    firefox.wait_for(STATE + ".startsWith('Vous ne suivez')", 20)
    wait_until(lambda: firefox.run(SUBSCRIPTION) == "" and kept_by_the_server(site) == 0)
    assert firefox.run(SHOWN) == [], "what was on screen said that something was followed"


def test_asked_for_without_a_network_it_waits_and_says_so(firefox: Firefox, site: Server) -> None:
    firefox.open(f"{site.url}/avis/?c=3018")
    firefox.wait_for(STORED)
    site.stop()
    firefox.open(f"{site.url}/avis/?c=3018")
    firefox.wait_for("return !document.querySelector('[data-follow]').hidden")
    ask(firefox)
    firefox.wait_for(STATE + ".includes('Appui ouvert')", 20)
    site.start()
    firefox.run("dispatchEvent(new Event('online'))")  # nobody opens anything
    firefox.wait_for(FOLLOWING, 40)


@pytest.mark.parametrize("open_already", [True, False], ids=["Appui is open", "Appui is closed"])
def test_clicking_the_notice_opens_the_contact(
    firefox: Firefox,
    site: Server,
    service: Autopush,
    open_already: bool,
) -> None:
    follow(firefox, site, "3018")
    change_hours(site, "3018", "03:00", "03:10")
    firefox.wait_for("return " + "(await (async () => {" + SHOWN + "})()).some(one => one.title === 'Mise à jour')", 20)
    if not open_already:
        firefox.open("about:blank")
    wait_until(lambda: firefox.run_privileged(CLICK_THE_NOTICE, "Mise à jour"))
    wait_until(lambda: f"{site.url}/contacts/3018/" in firefox.run_privileged(TABS))
    assert len(firefox.run_privileged(TABS)) == (1 if open_already else 2)

"""Subscriptions are lost in many ways. The next opening repairs what somebody asked for, without asking them again."""

# ruff: noqa: F401, F811 - fixtures are imported, and asked for by their names

from __future__ import annotations

import json

import pytest

from tests.builders import Server
from tests.journeys.autopush import Autopush
from tests.journeys.firefox import Firefox
from tests.journeys.followers import (
    FOLLOWING,
    SHOWN,
    STATE,
    SUBSCRIPTION,
    change_hours,
    firefox,
    follow,
    kept_by_the_server,
    service,
    site,
)
from tests.journeys.waiting import wait_until

pytestmark = pytest.mark.browser

LOSE = "return (await (await navigator.serviceWorker.getRegistration()).pushManager.getSubscription()).unsubscribe()"
PROOF = "return (await (await caches.match('/suivis')).json()).secret || ''"
KEY = """
const { pushManager } = await navigator.serviceWorker.getRegistration();
const { applicationServerKey } = (await pushManager.getSubscription()).options;
return btoa(String.fromCharCode(...new Uint8Array(applicationServerKey)))
  .replace(/\\+/g, "-").replace(/\\//g, "_").replace(/=+$/, "");
"""
CHOSE_ONE_THAT_CLOSED = """
const store = await caches.open("contenu-1");
const followed = await (await store.match("/suivis")).json();
await store.put("/suivis", new Response(JSON.stringify({ ...followed, contacts: ["ancien", ...followed.contacts] })));
"""
DONE = "return !document.querySelector('[data-erase-done]').hidden"
UNTOLD = "return !document.querySelector('[data-erase-untold]').hidden"


def is_told(firefox: Firefox, site: Server, service: Autopush) -> None:
    """Notices arrive again: the whole chain, with the subscription that it has now."""
    before = len(service.sent)
    change_hours(site, "3018", "03:00", "03:10")
    wait_until(lambda: len(service.sent) > before)
    firefox.wait_for("return " + "(await (async () => {" + SHOWN + "})()).some(one => one.title === 'Mise à jour')", 20)


def renewed(script: str, before: str) -> str:
    """Waits until what `script` returns is there, and is another than before."""
    return f"const now = await (async () => {{{script}}})(); return now && now !== {json.dumps(before)}"


def reopens(firefox: Firefox, site: Server, endpoint: str, proof: str) -> None:
    """Any page does; then the page of notices says that it works, with a new subscription and its own proof."""
    firefox.open(f"{site.url}/")
    firefox.wait_for(renewed(SUBSCRIPTION, endpoint))
    firefox.wait_for(renewed(PROOF, proof), 30)
    firefox.open(f"{site.url}/avis/")
    firefox.wait_for(FOLLOWING)


def test_a_new_key_of_the_server_moves_the_subscription(firefox: Firefox, site: Server, service: Autopush) -> None:
    follow(firefox, site, "3018")
    endpoint, proof = firefox.run(SUBSCRIPTION), firefox.run(PROOF)
    site.command("push-key", "rotate")
    reopens(firefox, site, endpoint, proof)
    assert firefox.run(KEY) == json.loads(site.get("/api/v1/push-key")[2])["key"]
    is_told(firefox, site, service)


def test_a_lost_subscription_is_made_again(firefox: Firefox, site: Server, service: Autopush) -> None:
    follow(firefox, site, "3018")
    endpoint, proof = firefox.run(SUBSCRIPTION), firefox.run(PROOF)
    assert firefox.run(LOSE) is True
    reopens(firefox, site, endpoint, proof)
    is_told(firefox, site, service)


def test_a_contact_that_has_closed_does_not_keep_the_others_from_being_asked_for(
    firefox: Firefox, site: Server, service: Autopush
) -> None:
    follow(firefox, site, "3018")
    endpoint, proof = firefox.run(SUBSCRIPTION), firefox.run(PROOF)
    firefox.run(CHOSE_ONE_THAT_CLOSED)
    firefox.run(LOSE)
    reopens(firefox, site, endpoint, proof)
    assert "vous suivez 1 contact." in firefox.run(STATE)
    is_told(firefox, site, service)


def test_a_contact_that_closed_before_the_choice_went_out_does_not_keep_it_from_being_heard(
    firefox: Firefox, site: Server, service: Autopush
) -> None:
    """Chosen without a network, beside one that is followed already."""
    follow(firefox, site, "3018")
    endpoint, proof = firefox.run(SUBSCRIPTION), firefox.run(PROOF)
    firefox.run(CHOSE_ONE_THAT_CLOSED.replace("...followed,", "...followed, wanted: true,"))
    firefox.open(f"{site.url}/avis/")
    firefox.wait_for(FOLLOWING + " && " + STATE.removeprefix("return ") + ".includes('1 contact.')", 20)
    assert (firefox.run(SUBSCRIPTION), firefox.run(PROOF)) == (endpoint, proof)


def test_where_all_that_was_chosen_has_closed_nothing_is_followed_any_more(firefox: Firefox, site: Server) -> None:
    """The server is told, and what is chosen next is not kept waiting behind it."""
    follow(firefox, site, "3018")
    gone = CHOSE_ONE_THAT_CLOSED.replace("...followed,", "...followed, wanted: true,")
    firefox.run(gone.replace(", ...followed.contacts", ""))
    firefox.open(f"{site.url}/avis/")
    firefox.wait_for(STATE + ".startsWith('Vous ne suivez')", 20)
    wait_until(lambda: kept_by_the_server(site) == 0)
    wait_until(lambda: firefox.run(SUBSCRIPTION) == "")
    follow(firefox, site, "3018")
    assert kept_by_the_server(site) == 1


def test_a_subscription_that_the_server_forgot_is_asked_for_again(
    firefox: Firefox, site: Server, service: Autopush
) -> None:
    follow(firefox, site, "3018")
    proof = firefox.run(PROOF)
    site.command("push-key", "forget", "--all")
    assert kept_by_the_server(site) == 0
    firefox.open(f"{site.url}/avis/")
    firefox.wait_for(renewed(PROOF, proof), 30)
    is_told(firefox, site, service)


def erase(firefox: Firefox, site: Server) -> None:
    firefox.open(f"{site.url}/reglages/")
    firefox.click("[data-erase]")
    firefox.click("[data-erase-yes]")
    firefox.wait_for(DONE)


def test_erasing_everything_tells_the_server(firefox: Firefox, site: Server) -> None:
    follow(firefox, site, "3018")
    assert kept_by_the_server(site) == 1
    erase(firefox, site)
    assert firefox.run(UNTOLD) is False
    assert kept_by_the_server(site) == 0
    assert firefox.run("return caches.keys()") == []


def test_erasing_without_a_network_says_that_the_server_does_not_know(firefox: Firefox, site: Server) -> None:
    follow(firefox, site, "3018")
    site.stop()
    erase(firefox, site)
    assert firefox.run(UNTOLD) is True
    assert firefox.run("return caches.keys()") == []
    assert firefox.run(SUBSCRIPTION) == ""


def test_erasing_with_no_network_at_all_leaves_nothing_to_fill_the_phone_again(firefox: Firefox, site: Server) -> None:
    """Not even the push service is there; Firefox refuses then to end a subscription."""
    follow(firefox, site, "3018")
    firefox.open(f"{site.url}/reglages/")
    firefox.offline(True)
    firefox.click("[data-erase]")
    firefox.click("[data-erase-yes]")
    firefox.wait_for(DONE, 40)
    assert firefox.run("return document.querySelector('[data-erase-partly]').hidden")
    firefox.offline(False)
    firefox.run("dispatchEvent(new Event('online')); return await new Promise(done => setTimeout(done, 3000))")
    left = "return [await caches.keys(), (await navigator.serviceWorker.getRegistrations()).length]"
    assert firefox.run(left) == [[], 0]

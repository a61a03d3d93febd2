"""The page of notices in Chromium: what is said before anything is asked, when it cannot work, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.builders import Server
from tests.chromium import PHONE, wait_stored
from tests.journeys.looks import TAGS, axe_faults
from tests.journeys.waiting import wait_until
from tests.service_worker.phone import Phone

pytestmark = pytest.mark.browser


def said(page: Page, words: str) -> None:
    """Wait until the page says so. (A string handed to `wait_for_function` falls under the page's own CSP.)"""
    expect(page.locator("[data-follow-state]")).to_contain_text(words)


def follow_here(page: Page, **more: object) -> None:
    """As if this phone followed 3018, from the next opening on."""
    kept = {"contacts": ["3018"], "wanted": False, "endpoint": "https://push.example/1", "secret": "s", **more}
    page.evaluate(
        "async kept => (await caches.open('contenu-1')).put('/suivis', new Response(JSON.stringify(kept)))", kept
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_it_means_is_said_before_the_question(chromium: Browser, server: Server, scheme: str, axe: str) -> None:
    context = chromium.new_context(viewport={"width": 320, "height": 640}, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server.url + "/avis/?c=3018")
    wait_stored(page, seconds=60)
    text = page.inner_text("main").replace("\u00a0", " ")
    assert text.index("Google, Mozilla, Apple ou Microsoft") < text.index("Recevoir les avis")
    assert "« Mise à jour »" in text
    assert page.locator('[data-follow] input[value="3018"]').is_checked()
    page.evaluate(axe)
    assert axe_faults(page, TAGS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_blocked_is_said_with_the_way_out(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE, permissions=[])  # type: ignore[arg-type]
    context.add_init_script("Object.defineProperty(Notification, 'permission', { get: () => 'denied' })")
    page = Phone(context, server.url).visit("/avis/").page
    said(page, "bloquées")
    assert page.locator("[data-follow]").is_hidden()
    context.close()


def test_a_browser_that_cannot_says_so(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.add_init_script("delete window.PushManager")
    page = Phone(context, server.url).visit("/avis/").page
    said(page, "ne sait pas")
    context.close()


def test_an_iphone_is_told_about_its_home_screen(chromium: Browser, server: Server) -> None:
    agent = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
    context = chromium.new_context(viewport=PHONE, user_agent=agent)  # type: ignore[arg-type]
    context.add_init_script("delete window.PushManager")
    page = Phone(context, server.url).visit("/avis/").page
    said(page, "écran d’accueil")
    context.close()


def test_stopped_twice_without_a_network_the_first_stop_still_waits(chromium: Browser, server: Server) -> None:
    """Stopped, chosen again, stopped again: the server still holds what it knew before, and has to be told."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.grant_permissions(["notifications"], origin=server.url)
    page = Phone(context, server.url).visit("/avis/").page
    context.set_offline(True)
    left = {"stop": {"endpoint": "https://push.example/1", "secret": "s"}}
    follow_here(page, wanted=True, endpoint=None, secret=None, **left)
    page.reload()
    page.locator("[data-follow-stop] button").click()
    said(page, "Vous ne suivez")
    assert page.evaluate("async () => (await caches.match('/suivis'))?.json()") == {"stop": left["stop"]}
    context.close()


def test_stopping_is_said_at_once_whatever_the_network_does(chromium: Browser, server: Server) -> None:
    """And what is chosen while the server still answers is not lost."""
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.grant_permissions(["notifications"], origin=server.url)
    page = Phone(context, server.url).visit("/avis/").page
    held: list[Route] = []
    # Other ways to ask are kept from the push service that this machine has not.
    context.route(
        "**/api/v1/**", lambda route: held.append(route) if route.request.method == "DELETE" else route.abort()
    )
    follow_here(page)
    page.reload()
    said(page, "vous suivez 1 contact")
    page.locator("[data-follow-stop] button").click()
    said(page, "Vous ne suivez aucun contact")
    wait_until(lambda: page.evaluate("1") and held)
    chosen = {"contacts": ["3919"], "wanted": True, "stop": {"endpoint": "https://push.example/1", "secret": "s"}}
    follow_here(page, **chosen)
    held[0].fulfill(status=204)
    kept = "async () => (await caches.match('/suivis')).json()"
    wait_until(lambda: "stop" not in page.evaluate(kept))
    assert page.evaluate(kept)["contacts"] == ["3919"]
    context.close()


def test_a_browser_that_can_keep_nothing_says_so(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.grant_permissions(["notifications"], origin=server.url)
    page = Phone(context, server.url).visit("/avis/?c=3018").page
    page.evaluate("() => { Cache.prototype.put = () => Promise.reject(new Error('full')); }")
    page.get_by_role("button", name="Recevoir les avis").click()
    said(page, "ne peut rien garder")
    context.close()


@pytest.mark.parametrize(
    ("contacts", "words"), [(["3018", "parti"], "vous suivez 1 contact."), (["parti"], "n’existe plus")]
)
def test_a_contact_that_has_closed_is_not_counted(
    chromium: Browser, server: Server, contacts: list[str], words: str
) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    context.grant_permissions(["notifications"], origin=server.url)
    page = Phone(context, server.url).visit("/avis/").page
    context.set_offline(True)
    follow_here(page, contacts=contacts)
    page.reload()
    said(page, words)
    context.close()


def test_without_script_it_says_so_and_asks_nothing(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE, java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(server.url + "/avis/")
    assert "Les avis ont besoin de JavaScript" in page.inner_text("main")
    assert page.locator("[data-follow]").is_hidden()
    context.close()


def test_nobody_is_asked_and_nothing_is_called_until_somebody_chooses(chromium: Browser, server: Server) -> None:
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url))
    page = Phone(context, server.url).visit("/avis/").page
    assert [url for url in asked if "subscriptions" in url or "push-key" in url] == []
    assert page.evaluate("Notification.permission") != "granted"
    assert page.evaluate("caches.match('/suivis').then(Boolean)") is False
    context.close()

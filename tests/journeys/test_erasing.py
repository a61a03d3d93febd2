"""« Tout effacer »: nothing stays in any storage, with or without a network, and nothing comes back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, Route

from tests.builders import Server
from tests.chromium import wait_stored
from tests.journeys.relay import Relay
from tests.journeys.visits import entries, left_behind, move
from tests.journeys.waiting import wait_until

pytestmark = pytest.mark.browser

# Something in every place a site can write to, whether we use it today or not.
FILL = """async () => {
  localStorage.setItem("un", "1");
  sessionStorage.setItem("un", "1");
  await (await caches.open("autre")).put("/x", new Response("x"));
  const root = await navigator.storage.getDirectory();
  await root.getDirectoryHandle("dossier", { create: true });
  await root.getFileHandle("fichier", { create: true });
  await new Promise((resolve, reject) => {
    const request = indexedDB.open("base", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("choses");
    request.onsuccess = () => { request.result.close(); resolve(); };
    request.onerror = reject;
  });
}"""
# A slow phone: checking a page takes it a while, so that several are being checked when erasing begins.
SLOW = """() => {
  const digest = crypto.subtle.digest.bind(crypto.subtle);
  crypto.subtle.digest = async (...given) => {
    await new Promise(resolve => setTimeout(resolve, 400));
    return digest(...given);
  };
}"""
REMAINS = ("icône", "historique", "journal des appels", "facture")


@pytest.fixture
def relay(site: Server) -> Iterator[Relay]:
    with Relay(site.port) as running:
        yield running


def erase(page: Page) -> None:
    page.locator("[data-erase]").click()
    assert page.evaluate("document.activeElement.hasAttribute('data-erase-no')"), "the safe answer has the focus"
    page.locator("[data-erase-yes]").click()
    page.locator("[data-erase-done]").wait_for(state="visible", timeout=40_000)
    words = page.locator("[data-erase-done]").inner_text()
    assert [word for word in REMAINS if word not in words] == [], "it says what it cannot erase"


def stays_empty(page: Page, context: BrowserContext) -> None:
    """Empty now, and still so after all that may have been under way has had its time."""
    assert left_behind(page, context) == {}
    page.evaluate("dispatchEvent(new Event('online'))")  # what makes a page look for a newer edition
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(700)
    assert left_behind(page, context) == {}
    # The worker may go on answering this tab until it is closed: reading on must not make it write.
    context.set_offline(False)
    move(page, ".tabs a[href='/guides/']", "/guides/")
    assert left_behind(page, context) == {}


@pytest.mark.parametrize("online", [True, False], ids=["online", "offline"])
def test_erasing_empties_every_storage(page: Page, context: BrowserContext, site: Server, online: bool) -> None:
    page.goto(site.url + "/guides/")
    wait_stored(page)
    page.locator("[data-dismiss]").click()
    page.evaluate(FILL)
    assert set(left_behind(page, context)) == {"caches", "databases", "files", "local", "session", "workers"}
    context.set_offline(not online)
    move(page, ".footer a[href='/reglages/']", "/reglages/")
    erase(page)
    stays_empty(page, context)


def test_leaving_after_erasing_offline_shows_nothing_of_us(page: Page, context: BrowserContext, site: Server) -> None:
    page.goto(site.url + "/reglages/")
    wait_stored(page)
    context.set_offline(True)
    erase(page)
    page.locator("[data-erase-done] [data-exit]").click()
    page.wait_for_url("about:blank")  # the stored page is erased: an empty one
    assert [url for url in entries(page) if url.startswith(site.url)] == []


def test_refusing_to_erase_keeps_everything(page: Page, context: BrowserContext, site: Server) -> None:
    page.goto(site.url + "/reglages/")
    wait_stored(page)
    page.locator("[data-erase]").click()
    page.locator("[data-erase-no]").click()
    assert page.evaluate("document.activeElement.hasAttribute('data-erase')")
    assert left_behind(page, context)["caches"] == ["contenu-1"]


def test_a_first_download_under_way_does_not_write_again(page: Page, context: BrowserContext, relay: Relay) -> None:
    relay.hold()
    page.goto(relay.url + "/reglages/")
    assert relay.holding.wait(30)
    assert left_behind(page, context)["workers"] == 1
    erase(page)
    relay.release()
    stays_empty(page, context)


def test_an_update_under_way_does_not_write_again(page: Page, context: BrowserContext, relay: Relay) -> None:
    page.goto(relay.url + "/reglages/")
    wait_stored(page)
    # A store with holes, as an update finds it: some pages to fetch one by one, four at once.
    page.evaluate("""async () => {
      const store = await caches.open("contenu-1");
      const blobs = (await store.keys()).filter(request => request.url.includes("/b/"));
      for (const request of blobs.slice(1)) await store.delete(request);
    }""")
    context.service_workers[0].evaluate(SLOW)
    relay.hold()
    page.locator("[data-sync]").click()
    assert relay.holding.wait(30)
    erase(page)
    relay.release()
    stays_empty(page, context)


def test_another_site_cannot_erase_a_phone(page: Page, context: BrowserContext, site: Server) -> None:
    """A harasser sends a link: the page behind it posts a form to us, and must wipe nothing."""
    page.goto(site.url + "/")
    wait_stored(page)
    elsewhere = context.new_page()
    elsewhere.set_content(f'<form method="post" action="{site.url}/effacer"><button>x</button></form>')
    with elsewhere.expect_response("**/effacer") as answer:
        elsewhere.locator("button").click()
    assert "clear-site-data" not in answer.value.headers
    assert left_behind(page, context)["workers"] == 1
    assert left_behind(page, context)["caches"] == ["contenu-1"]


# What a browser holds once its push service has answered; none answers here.
SUBSCRIBED = """
const held = {
  endpoint: "https://push.example/a",
  unsubscribe: async () => true,
  toJSON: () => ({ endpoint: "https://push.example/a", keys: { p256dh: "x", auth: "x" } }),
};
PushManager.prototype.getSubscription = PushManager.prototype.subscribe = async () => held;
"""
FOLLOW = """async () => (await caches.open("contenu-1")).put("/suivis", new Response(JSON.stringify(
  { contacts: ["3018"], endpoint: "https://push.example/a", secret: "preuve", wanted: true })))"""


@pytest.mark.parametrize("answered", [200, 404], ids=["kept", "forgotten"])
def test_a_choice_on_its_way_to_the_server_does_not_write_again(
    page: Page, context: BrowserContext, site: Server, answered: int
) -> None:
    context.grant_permissions(["notifications"], origin=site.url)
    context.add_init_script(SUBSCRIBED)
    page.goto(site.url + "/")
    wait_stored(page)
    page.evaluate(FOLLOW)
    held: list[Route] = []
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.append(route.request.method)
        held.append(route) if route.request.method == "PUT" else route.fulfill(status=204)

    context.route("**/api/v1/subscriptions", answer)
    page.goto(site.url + "/reglages/")
    wait_until(lambda: page.evaluate("1") and held, 20)
    erase(page)
    held[0].fulfill(status=answered)
    stays_empty(page, context)
    assert sent == ["PUT", "DELETE"], "nothing is asked for again"

"""Three hundred hostile texts in every field, published and opened in Chromium: nothing of them runs, nothing is asked
of strangers, and the policy of content has nothing to refuse."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Dialog, Page
from sqlalchemy import Engine

from backend import clock
from backend.offline.publish import publish
from backend.offline.signing import load_key
from backend.settings import from_environment
from backend.storage.documents import replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.revisions import Writing
from tests.backend.hostile_documents import PACK, Tour, four
from tests.backend.hostile_texts import CALLS, hostile_texts
from tests.builders import Server, running_server
from tests.journeys.conftest import addresses
from tests.staffing import StaffClient, staff_client

pytestmark = pytest.mark.browser

SETS = 16  # of a contact, an organisation, a source and a guide
LISTENING = """
addEventListener("securitypolicyviolation", (e) => refused(`${e.violatedDirective} ${e.blockedURI} ${e.sample}`));
for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => { ran(name); };
"""
STAFF_PAGES = (
    "/equipe/contacts/c{}/", "/equipe/contacts/c{}/fiche/", "/equipe/contacts/c{}/horaires/",
    "/equipe/contacts/c{}/fermer/?quoi=jour&first=2026-12-01", "/equipe/contacts/c{}/retirer/",
    "/equipe/organismes/o{}/", "/equipe/organismes/o{}/fermer/", "/equipe/guides/g{}/",
    "/equipe/versions/contact/c{}/", "/equipe/versions/guide/g{}/",
)  # fmt: skip
LISTS = (
    "/equipe/", "/equipe/contacts/", "/equipe/guides/", "/equipe/publier/", "/equipe/relire/", "/equipe/editions/",
    "/equipe/editions/2/", "/equipe/editions/2/annuler/", "/equipe/personnes/", "/equipe/journal/", "/equipe/moi/",
)  # fmt: skip


@dataclass
class Heard:
    """Whatever a text did, or was kept from doing."""

    faults: list[str] = field(default_factory=list)
    opened: int = 0

    def listen(self, context: BrowserContext, url: str) -> None:
        context.expose_function("ran", lambda name: self.faults.append(f"ran {name}"))
        context.expose_function("refused", lambda what: self.faults.append(f"policy {what}"))
        context.add_init_script(LISTENING)
        context.on("dialog", self._asks)
        context.on("console", lambda message: self._said(message.text))
        context.on("request", lambda request: self._asked(request.url, url))
        context.on("weberror", lambda error: self.faults.append(f"error {error.error}"))

    def _asks(self, dialog: Dialog) -> None:
        self.faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    def _said(self, text: str) -> None:
        if "Content Security Policy" in text or "TrustedHTML" in text:
            self.faults.append(f"console {text}")

    def _asked(self, address: str, url: str) -> None:
        if not address.startswith((f"{url}/", "blob:")):
            self.faults.append(f"asked {address}")

    def visit(self, page: Page, url: str) -> None:
        answer = page.goto(url)
        assert answer is not None
        assert answer.status == 200, (answer.status, url)
        self.opened += 1
        assert self.faults == [], url


@pytest.fixture
def heard(context: BrowserContext) -> Heard:
    return Heard()


@pytest.fixture(scope="module")
def hostile(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, StaffClient]]:
    """A server whose content says them all, drafts that say them otherwise, and somebody who is called by one."""
    folder, tour = tmp_path_factory.mktemp("hostile") / "var", Tour()
    shutil.copytree(first_start, folder)
    settings = from_environment({"APPUI_DATA_DIR": str(folder)})
    engine = open_engine(settings)
    say_all(engine, tour, "operator")
    publish(engine, load_key(settings.keys_dir), settings.exit_url, clock.now(), CALLS[0])
    assert min(len(tour.said[text]) for text in hostile_texts()) >= 4  # fields, for the one least said
    say_all(engine, tour, "ana")  # so that a second person is waited for
    engine.dispose()
    with running_server(folder) as server:
        yield server, staff_client(server, "administrator", name="<img src=x onerror=alert(1)>")


def say_all(engine: Engine, tour: Tour, author: str) -> None:
    documents = [document for number in range(SETS) for document in four(number, tour)]
    with writing(engine).begin() as connection:
        replace_documents(connection, [PACK, *documents], Writing(author, clock.now()))


def test_the_listeners_hear(context: BrowserContext, page: Page, heard: Heard) -> None:
    """Where nothing holds a text back it runs and is heard; where only the policy does, that is heard."""
    heard.listen(context, "http://here.test")
    image = "<img src=/x onerror=alert(1)><script>1</script>"
    policy = {"content-security-policy": "script-src 'self'"}
    context.route("**/open", lambda route: route.fulfill(body=image, content_type="text/html"))
    context.route("**/held", lambda route: route.fulfill(body=image, content_type="text/html", headers=policy))
    context.route("**/x", lambda route: route.fulfill(status=404))
    page.goto("http://here.test/open")
    page.wait_for_timeout(200)
    assert heard.faults == ["ran alert"]
    heard.faults.clear()
    page.goto("http://here.test/held")
    page.wait_for_timeout(200)
    assert {fault.split()[0] for fault in heard.faults} == {"policy", "console"}


def test_readers_pages(hostile: tuple[Server, StaffClient], context: BrowserContext, page: Page, heard: Heard) -> None:
    server, _ = hostile
    heard.listen(context, server.url)
    pages = addresses(server)
    assert {f"/contacts/c{SETS - 1}/", f"/guides/g{SETS - 1}/", "/sources/"} <= {*pages}
    for path in pages:
        heard.visit(page, server.url + path)
    for words in ("script", "alert", "onerror", "constructor"):
        heard.visit(page, f"{server.url}/recherche/?q={words}")
        page.wait_for_timeout(150)
    assert heard.faults == []


def test_pages_and_previews_of_the_staff(
    hostile: tuple[Server, StaffClient], context: BrowserContext, page: Page, heard: Heard
) -> None:
    _, client = hostile
    client.enter(context)
    heard.listen(context, client.origin)
    for path in [*LISTS, *(address.format(number) for number in range(0, SETS, 2) for address in STAFF_PAGES)]:
        heard.visit(page, client.origin + path)
    page.goto(f"{client.origin}/equipe/relire/")
    reviews = [link.get_attribute("href") for link in page.locator("main a[href*='/relire/']").all()]
    assert len(reviews) >= 2 * SETS  # contacts and organisations have other names
    for address in reviews[:: SETS // 2]:
        heard.visit(page, f"{client.origin}{address}")
    page.wait_for_timeout(200)
    assert heard.faults == []

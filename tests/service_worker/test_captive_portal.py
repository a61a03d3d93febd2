"""A network that answers everything itself: nothing of it is kept, and the pages stay."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from backend.offline.emergency import LINES
from tests.chromium import PHONE
from tests.journeys.waiting import wait_until
from tests.service_worker.link import Fault, Link, instead
from tests.service_worker.phone import NUMBERS, Phone
from tests.service_worker.press import Press

pytestmark = pytest.mark.browser

PORTAL = b"<!doctype html><title>Wi-Fi</title><h1>Acceptez les conditions</h1><script src=/sw.js></script>"
PAGE = "/guides/temoin/"
PORTALS: dict[str, Fault] = {
    "302 to a page elsewhere": instead(302, location="http://localhost:9/portail"),
    "302 to a page here": instead(302, location="/guides/"),
    "307 to a page elsewhere": instead(307, location="http://localhost:9/portail"),
    "200 with HTML": instead(200, PORTAL),
    "200 with HTML to be kept": instead(200, PORTAL, cache_control="public, max-age=86400"),
    "200 with HTML called a script": instead(200, PORTAL, content_type="text/javascript"),
    "511": instead(511, PORTAL),
}

UPDATE = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  await registration.update().catch(() => null);
  return { active: registration.active.state, other: Boolean(registration.waiting || registration.installing) };
}"""


@pytest.mark.parametrize("portal", PORTALS)
def test_a_portal_changes_nothing_and_hides_no_page(reader: Phone, link: Link, press: Press, portal: str) -> None:
    old, new = press.last, press.next(PAGE)
    link.serve(new.answers())
    with link.bent({"*": PORTALS[portal]}):
        assert reader.sync() == {"ok": False, "full": False}
        assert reader.page.evaluate(UPDATE) == {"active": "activated", "other": False}
        reader.must_show(old, link)
        reader.stop_worker()
        page = reader.context.new_page()
        for path in ("/", PAGE, "/contacts/3018/"):
            answer = page.goto(link.url + path)
            assert answer is not None
            assert (answer.status, answer.from_service_worker) == (200, True)
            assert "Acceptez" not in page.content()
        page.goto(link.url + "/hors-ligne/")
        assert {line.href for line in LINES} <= set(page.evaluate(NUMBERS))
        page.close()
    # The pages just opened asked for an update too: the answer to the first question may still be the portal's.
    wait_until(lambda: reader.sync()["ok"])
    reader.must_show(new, link)


def test_a_first_visit_through_a_portal_that_lets_pages_pass_shows_numbers_offline(
    chromium: Browser, link: Link, press: Press
) -> None:
    """The store could not be filled; the worker alone still names who to call."""
    link.serve(press.last.answers())
    context = chromium.new_context(viewport=PHONE)  # type: ignore[arg-type]
    with link.bent({"/edition.json": instead(200, PORTAL)}):
        phone = Phone(context, link.url)
        phone.visit_without_store()
        with link.bent({"*": instead(511, PORTAL)}):
            phone.page.goto(link.url + "/hors-ligne/")
            assert {line.href for line in LINES} <= set(phone.page.evaluate(NUMBERS))
    context.close()

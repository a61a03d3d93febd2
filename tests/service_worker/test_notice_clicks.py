"""A click on a notice: to the page of its contact, and nothing left behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext

from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.pushed import Pushed, message

pytestmark = pytest.mark.browser


CLICK = """async () => {
  const [notification] = await registration.getNotifications();
  self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
}"""


def test_a_click_opens_the_page_of_the_contact_and_no_other_address(context: BrowserContext, door: Link) -> None:
    pushed = Pushed(context, door)
    page = pushed.phone.page
    page.goto(door.url + "/guides/")
    pushed.push(message())
    before = page.evaluate("history.length")
    context.service_workers[0].evaluate(CLICK)
    page.wait_for_url(door.url + "/contacts/3018/", timeout=10_000)
    assert page.evaluate("history.length") == before, "« Quitter » would leave what was read behind Back"


def test_a_click_leaves_a_page_of_the_staff_where_it_is(context: BrowserContext, door: Link) -> None:
    """Somebody may be typing there."""
    pushed = Pushed(context, door)
    staff, reader = pushed.phone.page, context.new_page()
    staff.goto(door.url + "/equipe/")
    reader.goto(door.url + "/guides/")
    pushed.push(message())
    context.service_workers[0].evaluate(CLICK)
    reader.wait_for_url(door.url + "/contacts/3018/", timeout=10_000)
    assert staff.url == door.url + "/equipe/"


@pytest.mark.parametrize("path", ["/sortie/", "/affiche/"])
def test_a_click_does_not_speak_to_a_page_without_script(context: BrowserContext, door: Link, path: str) -> None:
    """« Quitter » in an installed app stays on the neutral page: told where to go, it would not hear."""
    pushed = Pushed(context, door)
    pushed.push(message())
    pushed.phone.page.goto(door.url + path)
    worker = context.service_workers[0]
    # Without a true click a browser opens nothing.
    worker.evaluate("self.clients.openWindow = async (path) => { self.opened = path; }")
    worker.evaluate(CLICK)
    assert wait_until(lambda: worker.evaluate("self.opened"), 10) == "/contacts/3018/"

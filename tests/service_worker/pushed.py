"""A phone that holds everything and follows a contact, and the pushes that its browser hands over."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from playwright.sync_api import BrowserContext

from tests.journeys.waiting import wait_until
from tests.service_worker.link import Link
from tests.service_worker.phone import Phone

SHOWN = """async () => (await (await navigator.serviceWorker.getRegistration()).getNotifications())
  .map(({ title, body, tag, data, silent }) => ({ title, body, tag, data, silent }))"""
DISMISS = """async () => {
  for (const shown of await (await navigator.serviceWorker.getRegistration()).getNotifications()) shown.close();
}"""
# Counts afresh each time; a worker that was stopped meanwhile counts nothing.
COUNT_SHOWN = """() => {
  self.shownSince = 0;
  const { registration } = self;
  if (Object.hasOwn(registration, "showNotification")) return;
  const show = registration.showNotification.bind(registration);
  registration.showNotification = async (...what) => { await show(...what); self.shownSince += 1; };
}"""
FOLLOW = "async () => (await caches.open('contenu-1')).put('/suivis', new Response('{\"contacts\": [\"3018\"]}'))"


class Pushed:
    """A phone that holds everything, and whose browser hands over pushes."""

    def __init__(self, context: BrowserContext, link: Link) -> None:
        context.grant_permissions(["notifications"], origin=link.url)
        self.phone = Phone(context, link.url).visit("/contacts/3018/")
        self.phone.page.evaluate(FOLLOW)
        cdp = self.phone.cdp()
        found: list[str] = []
        cdp.on(
            "ServiceWorker.workerRegistrationUpdated",
            lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
        )
        cdp.send("ServiceWorker.disable")
        cdp.send("ServiceWorker.enable")
        wait_until(lambda: self.phone.page.evaluate("1") and found, 10)
        self.registration = found[0]
        self.origin = link.url

    def push(self, data: str) -> list[dict[str, Any]]:
        """Deliver it; what is on screen once the worker has shown it. A repeat may change nothing to see: what the
        worker was asked to show is counted."""
        # On a busy machine the protocol drops one now and then, while the worker is being started.
        for _ in range(3):
            anew = self._count_shown()
            self.deliver(data)
            with suppress(AssertionError):
                wait_until(self._has_shown if anew else self.shown, 5)
                return self.shown()
        raise AssertionError("nothing was shown")

    def _count_shown(self) -> bool:
        """From now on; False while no worker runs."""
        running = self.phone.page.context.service_workers
        if running:
            running[0].evaluate(COUNT_SHOWN)
        return bool(running)

    def _has_shown(self) -> bool:
        return bool(self.phone.page.context.service_workers[0].evaluate("self.shownSince > 0"))

    def deliver(self, data: str) -> None:
        self.phone.cdp().send(
            "ServiceWorker.deliverPushMessage",
            {"origin": self.origin, "registrationId": self.registration, "data": data},
        )

    def dismiss(self) -> None:
        """Somebody wipes away all that is shown."""
        self.phone.page.evaluate(DISMISS)
        wait_until(lambda: not self.shown(), 10)

    def shown(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.phone.page.evaluate(SHOWN)
        return found


def message(notice: str = "n1", contact: str = "3018", edition: int = 9, **more: object) -> str:
    now = int(datetime.now(UTC).timestamp()) // 60
    data: dict[str, object] = {
        "notice": notice,
        "edition": edition,
        "contact": contact,
        "hours_text": "Tous les jours",
        "intervals": [[now - 60, 90, "open"], [now + 2880, 60, "open"]],
        **more,
    }
    told = {
        "title": "3018 violences !",
        "lang": "fr",
        "navigate": "https://ailleurs.example/",
        "tag": "x",
        "data": data,
    }
    return json.dumps({"web_push": 8030, "mutable": True, "notification": told})

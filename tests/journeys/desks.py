"""People of the staff in real Chromium, each in a browser of their own with an authenticator built in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, expect

from tests.builders import Server

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk:
    """Somebody's browser."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.cdp = context.new_cdp_session(self.page)
        self.cdp.send("WebAuthn.enable")
        self.device = self.plug()

    def plug(self, **changes: Any) -> str:
        options = {"options": {**DEVICE, **changes}}
        return str(self.cdp.send("WebAuthn.addVirtualAuthenticator", options)["authenticatorId"])

    def unplug(self, device: str) -> None:
        self.cdp.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": device})

    def enrol(self, link: str, name: str) -> None:
        self.page.goto(link)
        self.page.get_by_label("Votre nom").fill(name)
        self.page.get_by_role("button", name="Créer ma clé").click()
        expect(self.page.get_by_role("heading", level=1)).to_have_text(name)

    def sign_in(self) -> None:
        self.go("/equipe/")
        self.page.get_by_role("button", name="Entrer avec ma clé").click()

    def go(self, path: str) -> None:
        """Another page of the staff's."""
        self.page.goto(self.page.url.split("/equipe")[0] + path)

    def invite(self, role: str, organisation: str | None = None) -> str:
        """The link for somebody new."""
        self.page.get_by_role("link", name="Personnes").click()
        if organisation:
            self.page.locator("select[name='organisation']").select_option(organisation)
        self.page.get_by_label("Ce que la personne fera").select_option(role)
        self.page.get_by_role("button", name="Faire un lien").click()
        return self.page.locator(".secret").inner_text()


Desks = Callable[[], Desk]


def printed_link(server: Server) -> str:
    """What a first start says."""
    found = re.search(r"http://localhost\S+/equipe/invitation/\S+", server.log.read_text())
    assert found, "no invitation was printed"
    return found.group()

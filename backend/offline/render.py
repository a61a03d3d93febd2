"""Every public address of an edition, rendered to bytes. No clock, no database: content and a day in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from backend.guidance.guide import Guide
from backend.offline.assets import Assets
from backend.offline.content import Content
from backend.offline.dating import STAMP
from backend.offline.lines import FIRST_TWO
from backend.offline.manifest import HTML, NOT_FOUND_URL
from backend.offline.pages import InstallPage, Layout, Link, OfflinePage, Past, PlainPage, VariantPage
from backend.offline.search_index import URL as SEARCH_INDEX_URL
from backend.offline.search_index import search_index
from backend.offline.templates import environment
from backend.offline.variants import VARIANTS, drawings, view
from backend.offline.views import Views
from backend.permanences.hours_file import HOURS_URL, hours_file
from backend.words import day_words

HOME = Link("/", "Accueil")
STAMP_MARK = Markup(STAMP)  # noqa: S704 - our own constant


@dataclass(frozen=True)
class Page:
    """Bytes of one address; pages carry the STAMP where the date of their last change will stand."""

    url: str
    body: bytes
    type: str


def _likeness(page: Page) -> tuple[bool, bool, bool, int]:
    is_guide, is_contact = (page.url.startswith(f"/{kind}/") for kind in ("guides", "contacts"))
    return page.type != HTML, is_contact, is_guide, len(page.body)


class Renderer:
    def __init__(self, content: Content, day: date, assets: Assets, exit_url: str) -> None:
        self.content = content
        self.day = day
        self.views = Views(content, day)
        self.assets = assets
        self.exit_url = exit_url
        self.templates = environment()

    def render(self) -> list[Page]:
        """All pages, the most urgent first: the bundle that a phone downloads keeps this order. Of the others, what is
        alike stands together and the small before the large: 1 % fewer bytes."""
        first = [
            self._page("offline", "/hors-ligne/", "Sans réseau", OfflinePage(self.views.lines()), back=HOME),
            *(Page(asset.url, asset.body, asset.type) for asset in (self.assets.css, self.assets.script)),
            self._page("home", "/", "Accueil", self.views.home(), section="accueil"),
            Page(HOURS_URL, hours_file(self.views.schedules(), self.day), "application/json"),
        ]
        scripts = (Page(asset.url, asset.body, asset.type) for asset in (self.assets.later, self.assets.htmx))
        return first + sorted([*self._guides(), *self._contacts(), *scripts, *self._tools()], key=_likeness)

    def _guides(self) -> Iterator[Page]:
        yield self._page("guides", "/guides/", "Guides", self.views.guides(), section="guides", back=HOME)
        for guide in self.content.guides.values():
            yield self._page(
                "guide",
                f"/guides/{guide.slug}/",
                guide.tab,
                self.views.guide(guide),
                section="guides",
                back=Link("/guides/", "Guides"),
                past=Past(guide.review_by, self._past_words(guide)),
            )

    def _past_words(self, guide: Guide) -> str:
        numbers = " ou du ".join(line.words for line in self.views.lines_of(FIRST_TWO))
        then = f"vérifiez auprès du {numbers}" if numbers else "vérifiez avant de vous y fier"
        return (
            f"Cette page devait être relue avant le {day_words(guide.review_by)}. La loi ou un numéro a pu "
            f"changer\u00a0: {then}."
        )

    def _contacts(self) -> Iterator[Page]:
        yield self._page("contacts", "/contacts/", "Contacts", self.views.contacts(), section="contacts", back=HOME)
        for contact in self.content.contacts.values():
            # Neutral on purpose: a tab that says « 3919 » tells too much to somebody passing by.
            yield self._page(
                "contact",
                f"/contacts/{contact.id}/",
                "Contact",
                self.views.contact(contact.id),
                section="contacts",
                back=Link("/contacts/", "Contacts"),
            )

    def _tools(self) -> Iterator[Page]:
        yield self._page(
            "search", "/recherche/", "Chercher", self.views.search(SEARCH_INDEX_URL), section="recherche", back=HOME
        )
        yield Page(SEARCH_INDEX_URL, search_index(self.views), "application/json")
        yield self._page("sources", "/sources/", "Sources", self.views.sources(), back=HOME)
        yield self._page("notices", "/avis/", "Avis", self.views.notices(), section="avis", back=HOME)
        yield self._page("settings", "/reglages/", "Réglages", PlainPage(), section="reglages", back=HOME)
        yield self._page("leave", "/quitter/", "Quitter", PlainPage(), back=HOME)
        views = tuple(view(variant) for variant in VARIANTS)
        yield self._page("install", "/installer/", "Installer", InstallPage(views), back=HOME)
        for url, (body, type_) in drawings().items():
            yield Page(url, body, type_)
        for item in views:
            yield self._page("variant", item.href, item.name, VariantPage(item), back=Link("/installer/", "Installer"))
        yield self._page("notfound", NOT_FOUND_URL, "Page introuvable", PlainPage(), back=HOME)

    def _page(
        self,
        template: str,
        url: str,
        tab: str,
        page: Any,
        section: str = "",
        back: Link | None = None,
        past: Past | None = None,
    ) -> Page:
        layout = Layout(
            url=url,
            tab=tab,
            section=section,
            back=back,
            exit_url=self.exit_url,
            css=self.assets.css.url,
            script=self.assets.script.url,
            htmx=self.assets.htmx.url,
            later=self.assets.later.url,
            past=past,
        )
        text = self.templates.get_template(f"{template}.html").render(layout=layout, page=page, stamp=STAMP_MARK)
        return Page(url, text.encode(), HTML)

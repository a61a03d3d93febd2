"""What each template receives: one small frozen dataclass a page, undefined names refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from markupsafe import Markup

from backend.permanences.cards import Card, SureLine
from backend.permanences.organisation import Organisation
from backend.permanences.week_words import Coming


@dataclass(frozen=True)
class Link:
    href: str
    label: str


@dataclass(frozen=True)
class Past:
    """When a page is too old: from the day after `until`, the device shows the warning."""

    until: date
    words: str


@dataclass(frozen=True)
class Layout:
    """What every page has around its content."""

    url: str
    tab: str
    section: str  # accueil, guides, contacts, recherche, or "" where none is lit
    back: Link | None
    exit_url: str
    css: str
    script: str
    htmx: str
    later: str = ""
    past: Past | None = None
    frame: str = "base.html"  # the template around it; another in the preview of the staff


@dataclass(frozen=True)
class GuideLink:
    slug: str
    href: str
    title: str
    summary: str
    icon: str


@dataclass(frozen=True)
class GuideGroup:
    id: str
    title: str
    guides: tuple[GuideLink, ...]


@dataclass(frozen=True)
class Door:
    """A way in from the home page: who I am, and where it leads."""

    href: str
    title: str
    summary: str
    icon: str


@dataclass(frozen=True)
class HomePage:
    first: EmergencyLine | None  # the one to call when nothing else is known
    despair: EmergencyLine | None  # the one for who wishes to die
    doors: tuple[Door, ...]
    contacts: tuple[Card, ...]
    groups: tuple[GuideGroup, ...]


@dataclass(frozen=True)
class GuidesPage:
    groups: tuple[GuideGroup, ...]


@dataclass(frozen=True)
class SorterChoice:
    label: str
    href: str


@dataclass(frozen=True)
class SorterQuestion:
    anchor: str
    ask: str
    help: str | None
    choices: tuple[SorterChoice, ...]
    first: bool
    before: str


@dataclass(frozen=True)
class SorterOutcome:
    anchor: str
    title: str
    steps: tuple[Markup, ...]
    cards: tuple[Card, ...]
    before: str
    restart: str


@dataclass(frozen=True)
class SorterView:
    questions: tuple[SorterQuestion, ...]
    lines: tuple[EmergencyLine, ...]  # for paper
    outcomes: tuple[SorterOutcome, ...]


@dataclass(frozen=True)
class PartView:
    """A piece of a step; exactly one of the three is set."""

    html: Markup | None = None
    card: Card | None = None
    sorter: SorterView | None = None


@dataclass(frozen=True)
class StepView:
    id: str
    title: str
    parts: tuple[PartView, ...]


@dataclass(frozen=True)
class SourceView:
    id: str
    title: str
    url: str | None
    date: str | None
    confidence: str
    says: str


@dataclass(frozen=True)
class GuidePage:
    title: str
    summary: str
    numbered: bool
    intro: tuple[PartView, ...]
    steps: tuple[StepView, ...]
    sources: tuple[SourceView, ...]
    reviewed: str
    review_by: str
    next: GuideLink | None
    groups: tuple[GuideGroup, ...]


@dataclass(frozen=True)
class ContactsPage:
    emergency: tuple[Card, ...]
    talk: tuple[Card, ...]  # who answers, near or far
    online: tuple[Card, ...]
    closed: tuple[Card, ...]
    languages: tuple[tuple[str, str], ...]  # code, name: those some contact speaks
    territory: str


@dataclass(frozen=True)
class HoursView:
    """A permanence on its contact's page; without `rows` it never shuts."""

    rows: list[tuple[str, str]]
    lines: list[str]
    coming: list[Coming]
    checked: str


@dataclass(frozen=True)
class ContactPage:
    card: Card
    hours: HoursView | None
    structured: Markup | None
    organisation: Organisation
    others: tuple[Card, ...]
    beside: tuple[Card, ...]  # sure lines, while this one is not
    aged: tuple[SureLine, ...]  # the same, for the phone to show once this one no longer is
    successors: tuple[Card, ...]
    closed_words: str | None
    can_follow: bool
    confirm_by: str
    list: tuple[Card, ...]


@dataclass(frozen=True)
class ClaimView:
    id: str
    said: str
    verdict: str  # still_true, corrected, outdated
    verdict_words: str
    today: Markup


@dataclass(frozen=True)
class SourcesPage:
    claims: tuple[ClaimView, ...]
    sources: tuple[SourceView, ...]
    territory: str


@dataclass(frozen=True)
class SearchEntry:
    href: str
    title: str
    summary: str


@dataclass(frozen=True)
class SearchPage:
    guides: tuple[SearchEntry, ...]
    contacts: tuple[SearchEntry, ...]
    lines: tuple[EmergencyLine, ...]  # for who finds nothing
    index: str  # address of the search index


@dataclass(frozen=True)
class EmergencyLine:
    """A number of the shell: known without any edition."""

    number: str
    href: str
    words: str
    label: str
    hours: str
    emergency: bool


@dataclass(frozen=True)
class OfflinePage:
    lines: tuple[EmergencyLine, ...]


@dataclass(frozen=True)
class VariantView:
    id: str
    name: str
    href: str
    manifest: str
    icon: str  # address of the SVG
    touch_icon: str  # address of the 180 px PNG


@dataclass(frozen=True)
class InstallPage:
    variants: tuple[VariantView, ...]


@dataclass(frozen=True)
class VariantPage:
    variant: VariantView


@dataclass(frozen=True)
class NoticesPage:
    """What can be followed: contacts whose hours are known."""

    contacts: tuple[Card, ...]


@dataclass(frozen=True)
class PlainPage:
    """A page whose words stand in its template."""

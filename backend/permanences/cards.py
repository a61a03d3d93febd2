"""A contact as a page shows it: what to press, what it costs, how sure we are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.organisation import Organisation
from backend.permanences.week_words import usual_lines
from backend.words import day_words, partial_day_words, phone_words

STATUS_WORDS = {
    "confirmed": "Relevé",
    "to_confirm": "À vérifier",
    "stale": "Non confirmé",
    "withdrawn": "Retiré",
    "closed": "Fermé",
}
# Read that day, in a source we do not fully trust.
UNSURE_WORDS = "À confirmer"
CONFIDENCE_WORDS = {"high": "élevée", "medium": "moyenne", "low": "faible"}
LANGUAGE_WORDS = {
    "fr": "français", "en": "anglais", "ar": "arabe", "es": "espagnol", "pt": "portugais", "tr": "turc",
    "pl": "polonais", "zh": "mandarin", "fa": "persan", "prs": "dari", "he": "hébreu", "kab": "kabyle",
    "LSF": "langue des signes",
}  # fmt: skip


@dataclass(frozen=True)
class Action:
    """The one thing to press. `trace` says what it leaves behind on this phone."""

    href: str
    label: str
    icon: str
    trace: str


@dataclass(frozen=True)
class Marks:
    """What the filters of the list choose by; `publics` empty: everybody."""

    publics: str
    languages: str
    free: bool


@dataclass(frozen=True)
class SureLine:
    """A confirmed line named beside an unsure contact, until the day it is unsure itself; `id` of its contact."""

    id: str
    href: str
    label: str
    confirm_by: date


@dataclass(frozen=True)
class Card:
    id: str
    href: str
    label: str
    purpose: str
    kind: str
    emergency: bool
    scope: str
    value_words: str | None
    action: Action | None
    status: str
    status_words: str
    badge_tone: str  # a status: the colour that goes with the words
    checked_words: str
    hours_text: str | None
    cost: str | None
    languages: str
    audience: str | None
    expect: str | None
    note: str | None
    confidence_words: str
    marks: Marks
    source_title: str
    source_url: str | None
    source_date: str | None
    withdrawn: str | None
    confirmed_on: date | None
    confirm_by: date
    beside: tuple[SureLine, ...]  # other contacts decide them: see `Views`


def card(contact: Contact, organisation: Organisation, day: date) -> Card:
    """Everything a template needs about one contact on that day."""
    state = status(contact, organisation, day)
    unsure = state == "confirmed" and contact.confidence != "high"
    reachable = contact.value is not None and state not in ("closed", "withdrawn")
    return Card(
        id=contact.id,
        href=f"/contacts/{contact.id}/",
        label=contact.label,
        purpose=contact.purpose,
        kind=contact.kind,
        emergency=contact.emergency,
        scope=organisation.scope,
        value_words=value_words(contact) if reachable else None,
        action=action(contact) if reachable else None,
        status=state,
        status_words=UNSURE_WORDS if unsure else STATUS_WORDS[state],
        badge_tone="to_confirm" if unsure else state,
        checked_words=checked_words(contact, state),
        hours_text=_short_hours(contact) if reachable else None,
        cost=contact.cost,
        languages=", ".join(LANGUAGE_WORDS.get(code, code) for code in contact.languages),
        audience=contact.audience,
        expect=contact.expect,
        note=contact.note,
        confidence_words=CONFIDENCE_WORDS[contact.confidence],
        marks=Marks(" ".join(contact.publics), " ".join(contact.languages), (contact.cost or "").startswith("Gratuit")),
        source_title=contact.source.title,
        source_url=contact.source.url,
        source_date=partial_day_words(contact.source.date) if contact.source.date else None,
        withdrawn=contact.withdrawn,
        confirmed_on=contact.confirmed_on,
        confirm_by=contact.confirm_by,
        beside=(),
    )


def _short_hours(contact: Contact) -> str | None:
    return ". ".join(usual_lines(contact.schedule)) if contact.schedule else contact.said_hours


def checked_words(contact: Contact, state: str) -> str:
    if state == "closed":
        return "Cet organisme a fermé."
    if state == "withdrawn":
        return "Nous ne montrons plus ce contact."
    if contact.confirmed_on is None:
        return f"Jamais confirmé par nous.{_document_words(contact.source.date)}"
    if state == "confirmed":
        return f"Relevé le {day_words(contact.confirmed_on)}"
    return f"Relevé le {day_words(contact.confirmed_on)}, non confirmé depuis"


def _document_words(written: str | None) -> str:
    """A full date takes « du », a month or a year takes « de »."""
    if written is None:
        return ""
    return f" Relevé dans un document {'du' if written.count('-') == 2 else 'de'} {partial_day_words(written)}."


def value_words(contact: Contact) -> str:
    return phone_words(contact.value or "") if contact.kind in ("phone", "sms") else contact.value or ""


def action(contact: Contact) -> Action | None:
    value, words = contact.value or "", value_words(contact)
    if contact.kind == "phone":
        trace = "L’appel reste dans le journal d’appels du téléphone."
        return Action(f"tel:{value}", _call_words(words), "phone", trace)
    if contact.kind == "sms":
        trace = "Le message reste dans vos SMS. Vous pouvez l’effacer après."
        return Action(f"sms:{value}", f"Écrire un SMS au {words}", "message", trace)
    if contact.kind == "email":
        return Action(f"mailto:{value}", "Écrire un courriel", "mail", "Le message reste dans vos courriels envoyés.")
    if contact.kind in ("chat", "web"):
        label = "Ouvrir le tchat" if contact.kind == "chat" else "Ouvrir le site"
        return Action(value, label, "link", "L’adresse reste dans l’historique du navigateur. Il faut du réseau.")
    return None


def sure_line(item: Card) -> SureLine:
    """Its number to press, where it has one; else its page."""
    if item.action and item.kind in ("phone", "sms"):
        label = item.action.label
        return SureLine(item.id, item.action.href, label[:1].lower() + label[1:], item.confirm_by)
    return SureLine(item.id, item.href, item.label, item.confirm_by)


def _call_words(words: str) -> str:
    """Short codes take « le »: Appeler le 3018; ten digits do not."""
    return f"Appeler le {words}" if len(words) <= 7 else f"Appeler {words}"

"""A contact: one way to reach an organisation."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from backend.fields import (
    CONFIDENCES,
    is_email,
    is_phone,
    is_web_address,
    read_id,
    read_partial_date,
    read_web_address,
)
from backend.permanences.schedule import Schedule
from backend.permanences.schedule_reading import read_schedule
from backend.permanences.week_words import hours_text
from backend.records import Record

KINDS = ("phone", "sms", "chat", "email", "visit", "web")
# Whom a contact answers first; one that names nobody answers everybody.
PUBLICS = ("jeunes", "majeurs", "femmes", "proches", "temoins")
_GOOD_VALUE: dict[str, Callable[[str], bool]] = {
    "phone": is_phone,
    "sms": is_phone,
    "chat": is_web_address,
    "email": is_email,
    "visit": lambda text: len(text) >= 10,
    "web": is_web_address,
}


@dataclass(frozen=True)
class Provenance:
    """Where a contact was read; `date` is a day, a month or a year, as the source gives it."""

    title: str
    url: str | None
    date: str | None


@dataclass(frozen=True)
class Contact:
    id: str
    organisation: str
    kind: str
    emergency: bool
    value: str | None
    label: str
    purpose: str
    schedule: Schedule | None
    said_hours: str | None  # hours that no schedule can hold, as the source says them
    cost: str | None
    languages: tuple[str, ...]
    audience: str | None
    publics: tuple[str, ...]
    expect: str | None
    confirmed_on: date | None
    confirm_by: date
    confidence: str
    source: Provenance
    withdrawn: str | None
    beside: tuple[str, ...]  # confirmed national lines shown with an unconfirmed contact
    note: str | None
    keywords: tuple[str, ...]

    @property
    def hours_text(self) -> str | None:
        """The permanence in words; None where nothing is known."""
        return hours_text(self.schedule) if self.schedule else self.said_hours


def read_contact(record: Record) -> Contact:
    contact = Contact(
        id=read_id(record),
        organisation=record.text("organisation", 60),
        kind=record.choice("kind", KINDS),
        emergency=record.flag("emergency"),
        value=record.optional_text("value", 300),
        label=record.text("label", 90),
        purpose=record.text("for", 200),
        schedule=_read_schedule(record),
        said_hours=record.optional_text("hours_text", 300),
        cost=record.optional_text("cost", 120),
        languages=record.texts("languages"),
        audience=record.optional_text("audience", 300),
        publics=record.texts("publics"),
        expect=record.optional_text("expect", 600),
        confirmed_on=record.optional_day("confirmed_on"),
        confirm_by=record.day("confirm_by"),
        confidence=record.choice("confidence", CONFIDENCES),
        source=_read_provenance(record.record("source")),
        withdrawn=record.optional_text("withdrawn", 300),
        beside=record.texts("beside"),
        note=record.optional_text("note", 600),
        keywords=record.texts("keywords"),
    )
    _check(contact, record)
    record.finish()
    return contact


def _read_schedule(record: Record) -> Schedule | None:
    return None if record.raw("schedule") is None else read_schedule(record.record("schedule"))


def _read_provenance(record: Record) -> Provenance:
    provenance = Provenance(
        title=record.text("title", 200),
        url=read_web_address(record, "url"),
        date=read_partial_date(record, "date"),
    )
    record.finish()
    return provenance


def _check(contact: Contact, record: Record) -> None:
    if contact.kind in _GOOD_VALUE:
        record.check("value", contact.value, _GOOD_VALUE[contact.kind], f"ne convient pas pour « {contact.kind} »")
    if contact.schedule and contact.said_hours:
        record.fault("hours_text", "les horaires sont déjà dans « schedule » : une seule écriture")
    for name in contact.publics:
        record.check("publics", name, PUBLICS.__contains__, f"« {name} » n’est pas parmi {', '.join(PUBLICS)}")
    if contact.withdrawn and contact.value:
        record.fault("value", "un contact retiré ne montre plus de numéro : laissez vide")
    if contact.confirmed_on is None and not contact.beside and not contact.withdrawn:
        record.fault("beside", "un contact non confirmé se montre à côté d’une ligne nationale sûre")
    if contact.confirmed_on and contact.confirm_by <= contact.confirmed_on:
        record.fault("confirm_by", "doit venir après le jour de la dernière vérification")

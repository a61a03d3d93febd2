"""What goes with an edition and changes with the day: JSON for programs, contact cards, calendars.

Pure: content of an edition and a day in, bytes out. Freshness must not be frozen at publication.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import cached_property
from typing import Any

from backend.offline.assets import CSS
from backend.offline.manifest import HTML
from backend.offline.poster import POSTER, POSTER_STYLE, Place, poster_page, poster_style, poster_urls
from backend.permanences.compile import WEEKS
from backend.permanences.contact import Contact, read_contact
from backend.permanences.freshness import days_before_stale, status
from backend.permanences.icalendar import CalendarText, icalendar
from backend.permanences.organisation import Organisation, read_organisation
from backend.permanences.public_json import contact_json, living_schedule, organisation_json, standing_json, utc_text
from backend.permanences.vcard import NEUTRAL_NAME, vcard
from backend.records import ContentError, Fault, Record
from backend.storage.documents import Document

API = "/api/v1"
JSON = "application/json"
CARD = "text/vcard; charset=utf-8"
CALENDAR = "text/calendar; charset=utf-8"
WORDS = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Companion:
    """`file`: the name a browser saves it under; neutral, for a folder of downloads is easily looked through."""

    body: bytes
    type: str
    status: int = 200
    file: str = ""


@dataclass(frozen=True)
class Directory:
    """The contacts and organisations of an edition."""

    contacts: dict[str, Contact]
    organisations: dict[str, Organisation]
    territory: str
    edition: int
    issued: date
    public_url: str

    @cached_property
    def by_organisation(self) -> dict[str, list[Contact]]:
        found: dict[str, list[Contact]] = {id_: [] for id_ in self.organisations}
        for contact in self.contacts.values():
            found[contact.organisation].append(contact)
        return found

    def organisation_of(self, contact: Contact) -> Organisation:
        return self.organisations[contact.organisation]


def read_directory(drafts: list[Document], edition: int, issued: date, public_url: str) -> Directory:
    """Out of what an edition was made of; the rest of its content costs memory and is not looked at.

    Raises ContentError where this version of the code no longer reads it.
    """
    faults: list[Fault] = []

    def records(kind: str) -> Iterator[tuple[str, Record]]:
        for draft in drafts:
            if draft.kind == kind:
                yield draft.id, Record(json.loads(draft.body), f"{kind}/{draft.id}", faults)

    directory = Directory(
        {id_: read_contact(record) for id_, record in records("contact")},
        {id_: read_organisation(record) for id_, record in records("organisation")},
        next((record.text("territory") for _, record in records("pack")), ""),
        edition,
        issued,
        public_url,
    )
    if faults:
        raise ContentError(faults)
    return directory


def companion_urls(directory: Directory) -> list[str]:
    """Every address that `companion` answers."""
    urls = [f"{API}/organisations", f"{API}/contacts"]
    for contact in directory.contacts.values():
        urls += [f"{API}/contacts/{contact.id}", f"/contacts/{contact.id}.vcf", f"/contacts/neutre/{contact.id}.vcf"]
        if contact.schedule:
            urls.append(f"/contacts/{contact.id}.ics")
    return [*urls, POSTER_STYLE, *poster_urls(directory.organisations)]


def companion(directory: Directory, url: str, day: date) -> Companion | None:
    """The answer of one address on that day; None where there is none."""
    if url == POSTER_STYLE:
        return Companion(poster_style(), CSS)
    if url.endswith(POSTER):
        return _poster(directory, url, day)
    place, _, name = url.rpartition("/")
    if place == API:
        return _list(directory, name, day)
    id_, dot, ending = name.partition(".")
    contact = directory.contacts.get(id_)
    if contact is None:
        return None
    if place == f"{API}/contacts" and not dot:
        return _json(contact_json(contact, directory.organisation_of(contact), day))
    if place == "/contacts/neutre" and ending == "vcf":
        return _gone(directory, contact, day) or _card(contact, NEUTRAL_NAME)
    if place == "/contacts" and ending == "vcf":
        return _gone(directory, contact, day) or _card(contact, contact.label)
    if place == "/contacts" and ending == "ics":
        state = status(contact, directory.organisation_of(contact), day)
        return _gone(directory, contact, day) or _calendar(contact, state, day)
    return None


def _poster(directory: Directory, url: str, day: date) -> Companion | None:
    """For the whole territory, or for one organisation that is still open and answers."""
    id_ = "" if url == POSTER else url.removesuffix(POSTER).removeprefix("/organismes/")
    if url != POSTER and id_ not in directory.organisations:
        return None
    organisations = [directory.organisations[id_]] if id_ else list(directory.organisations.values())
    made = poster_page(
        Place(directory.territory, directory.edition, directory.issued, directory.public_url),
        [(organisation, directory.by_organisation[organisation.id]) for organisation in organisations],
        day,
    )
    return None if made is None else Companion(made, HTML)


def open_body(directory: Directory, moment: datetime, day: date) -> Companion:
    """Who answers at that moment, for every contact; `day` decides which organisations have closed."""
    standings = [
        standing_json(contact.id, living_schedule(contact, directory.organisation_of(contact), day), moment)
        for contact in directory.contacts.values()
    ]
    return _json({"at": utc_text(moment), "contacts": standings})


def _list(directory: Directory, name: str, day: date) -> Companion | None:
    if name == "contacts":
        contacts = directory.contacts.values()
        return _json({name: [contact_json(item, directory.organisation_of(item), day) for item in contacts]})
    if name == "organisations":
        organisations = directory.organisations.values()
        return _json({name: [organisation_json(o, directory.by_organisation[o.id], day) for o in organisations]})
    return None


def _json(value: Any) -> Companion:
    return Companion(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), JSON)


def _card(contact: Contact, name: str) -> Companion | None:
    return (
        Companion(vcard(contact.kind, contact.value, name).encode(), CARD, file="contact.vcf")
        if contact.value
        else None
    )


def _calendar(contact: Contact, state: str, day: date) -> Companion | None:
    """Under a neutral title: calendars show what comes on a locked screen. It ends before the hours go stale: those
    that are make an empty one, which takes the old events out of an agenda that follows this address."""
    if contact.schedule is None:
        return None
    stamp = datetime.combine(day, time(), UTC)
    text = CalendarText(NEUTRAL_NAME, stamp, contact.id, doubtful=state != "confirmed")
    days = days_before_stale(contact, day, 7 * WEEKS)
    return Companion(icalendar(contact.schedule, text, day, days).encode(), CALENDAR, file="agenda.ics")


def _gone(directory: Directory, contact: Contact, day: date) -> Companion | None:
    """Why there is no card any more, where a contact is closed or withdrawn; None elsewhere."""
    state = status(contact, directory.organisation_of(contact), day)
    if state not in ("closed", "withdrawn"):
        return None
    why = "Cet organisme a fermé." if state == "closed" else "Nous ne montrons plus ce contact."
    reason = f" {contact.withdrawn}" if state == "withdrawn" and contact.withdrawn else ""
    words = f"{why}{reason}\nLa page /contacts/{contact.id}/ dit vers qui vous tourner.\n"
    return Companion(words.encode(), WORDS, 410)

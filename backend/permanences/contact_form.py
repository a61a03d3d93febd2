"""A contact's fields in the staff space: its document as typed text, and back, with faults beside each field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.permanences.cards import LANGUAGE_WORDS
from backend.permanences.contact import KINDS, PUBLICS, read_contact
from backend.permanences.hour_reading import read_day
from backend.permanences.number_reading import number_fault, read_number
from backend.records import Fault, Record

Body = dict[str, Any]
Fields = dict[str, str]
KIND_WORDS = {
    "phone": "Téléphone",
    "sms": "SMS",
    "chat": "Tchat",
    "email": "Courriel",
    "visit": "Sur place",
    "web": "Site ou formulaire",
}
PUBLIC_WORDS = {
    "jeunes": "Moins de 18 ans",
    "majeurs": "18 ans et plus",
    "femmes": "Femmes",
    "proches": "Parents, proches",
    "temoins": "Témoins",
}
VALUE_WORDS = {
    "email": "une adresse comme accueil@exemple.fr est attendue",
    "visit": "écrivez l’adresse complète : numéro, rue, ville",
    "chat": "une adresse https://… est attendue",
    "web": "une adresse https://… est attendue",
}
CLOSED = "cet organisme a fermé, ses numéros ne sont plus montrés : laissez cette case vide"
NUMBERS = ("phone", "sms")
TEXTS = ("label", "for", "hours_text", "cost", "audience", "expect", "note")
DAYS = ("confirmed_on", "confirm_by")
SOURCE = ("title", "url", "date")
CONFIRMED_FOR = timedelta(180)
LONGEST_CONFIRMED = timedelta(366)


def new_contact(organisation: str, day: date) -> Body:
    """What a new contact starts from: read today, to be read again in six months."""
    return {
        "organisation": organisation,
        "kind": "phone",
        "languages": ["fr"],
        "confirmed_on": day.isoformat(),
        "confirm_by": (day + CONFIRMED_FOR).isoformat(),
        "confidence": "medium",
        "source": {},
    }


def contact_fields(body: Body) -> Fields:
    """The document as the fields of a form."""
    fields = {name: body.get(name) or "" for name in ("kind", "value", "confidence", *TEXTS, *DAYS)}
    fields |= {f"source.{name}": (body.get("source") or {}).get(name) or "" for name in SOURCE}
    fields["keywords"] = ", ".join(body.get("keywords") or ())
    for name, place in (("languages", "language"), ("publics", "public"), ("beside", "beside")):
        fields |= {f"{place}.{item}": "1" for item in body.get(name) or ()}
    return fields


def contact_body(posted: Mapping[str, str], before: Body, beside: tuple[str, ...]) -> Body:
    """The document out of its fields; what the form does not show stays. `beside`: the ids to choose among."""
    values: Body = {name: _text(posted, name) for name in TEXTS}
    values["kind"] = posted.get("kind", "phone") if posted.get("kind") in KINDS else "phone"
    values["value"] = _value(posted, values["kind"])
    # A number typed into a contact that was taken back brings it back: a second person sees both.
    values["withdrawn"] = None if values["value"] else before.get("withdrawn")
    values |= {name: _day(posted, name) for name in DAYS}
    values["confidence"] = posted.get("confidence", "medium")
    source = {name: _text(posted, f"source.{name}") for name in SOURCE}
    known = before.get("source") or {}
    values["source"] = known | {name: text for name, text in source.items() if text or name in known}
    values["keywords"] = [word.strip() for word in posted.get("keywords", "").split(",") if word.strip()]
    for name, place, offered in (
        ("languages", "language", LANGUAGE_WORDS),
        ("publics", "public", PUBLICS),
        ("beside", "beside", beside),
    ):
        # What the form does not offer is kept, what it offers follows its boxes; all in the order they had.
        had = before.get(name) or []
        kept = [item for item in had if item not in offered or posted.get(f"{place}.{item}") == "1"]
        values[name] = kept + [item for item in offered if item not in had and posted.get(f"{place}.{item}") == "1"]
    # What was not there and was left empty stays so: nothing to publish, no hours that would go out alone.
    return before | {name: value for name, value in values.items() if value or name in before or name == "value"}


def contact_faults(body: Body, closed: bool = False) -> dict[str, str]:
    """Field → what to mend, in the editor's words; `closed`: its organisation has closed for good."""
    found: list[Fault] = []
    read_contact(Record(body, "contact", found))
    faults: dict[str, str] = {}
    for fault in found:
        faults.setdefault(fault.field.partition(".")[0] if fault.field[:7] != "source." else fault.field, fault.words)
    if body["value"] and (words := value_fault(body["kind"], body["value"])):
        faults["value"] = words
    if body["value"] and closed:
        faults["value"] = CLOSED
    elif not body["value"] and not body.get("withdrawn") and not closed:
        faults["value"] = "à remplir"
    return {name: _capital("à remplir" if words == "manque" else words) for name, words in faults.items()}


def far_days(body: Body, day: date) -> dict[str, str]:
    """Faults of the days that would let a contact pass for sure longer than anybody can know; `day`: today."""
    faults: dict[str, str] = {}
    if (body.get("confirmed_on") or "") > day.isoformat():
        faults["confirmed_on"] = "Ce jour n’est pas encore venu"
    if (body.get("confirm_by") or "") > (day + LONGEST_CONFIRMED).isoformat():
        faults["confirm_by"] = "Un an au plus : après, personne ne sait si c’est encore vrai"
    return faults


def value_fault(kind: str, value: str) -> str | None:
    """What is wrong with the number or the address of a contact of this kind, or nothing."""
    if kind in NUMBERS:
        return number_fault(value)
    found: list[Fault] = []
    read_contact(Record({"kind": kind, "value": value}, "contact", found))
    return VALUE_WORDS[kind] if any(fault.field == "value" for fault in found) else None


def _value(posted: Mapping[str, str], kind: str) -> str | None:
    typed = _text(posted, "value")
    return read_number(typed) if typed and kind in NUMBERS else typed


def _text(posted: Mapping[str, str], name: str) -> str | None:
    return posted.get(name, "").replace("\r\n", "\n").strip() or None


def _day(posted: Mapping[str, str], name: str) -> str | None:
    """A day in any of the forms people write; what is none stays as typed, for the reader to refuse."""
    typed = _text(posted, name)
    found = read_day(typed) if typed else None
    return found.isoformat() if found else typed


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

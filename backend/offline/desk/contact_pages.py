"""Forms of contacts and organisations: what their pages hold, out of the drafts and of what was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

from backend.clock import paris_day
from backend.offline.desk.pages import FormPage
from backend.offline.desk.preview import contact_preview
from backend.offline.desk.reading import Body, Desk
from backend.permanences.cards import LANGUAGE_WORDS
from backend.permanences.contact import read_contact
from backend.permanences.contact_form import (
    KIND_WORDS,
    NUMBERS,
    PUBLIC_WORDS,
    contact_body,
    contact_faults,
    contact_fields,
    far_days,
)
from backend.permanences.organisation_form import (
    SCOPE_WORDS,
    organisation_fields,
)
from backend.records import Record
from backend.words import phone_words

LONGEST_ID = 40


def contact_page(
    desk: Desk, title: str, back: str, body: Body, posted: Mapping[str, str] | None, moment: datetime
) -> FormPage:
    """The form of a contact as it opens (`posted` None), or with what was typed; `body` is what it starts from."""
    beside = safe_contacts(desk)
    fields = contact_fields(body) if posted is None else contact_fields({}) | dict(posted)
    page = FormPage(title, fields, 0, back, _options(desk, body, beside))
    typed = body if posted is None else contact_body(posted, body, tuple(beside))
    if posted is None and not body.get("label"):
        return page
    closed = desk.organisation(body["organisation"]).closed_on is not None
    faults = far_days(typed, paris_day(moment)) | contact_faults(typed, closed)
    page = replace(
        page, faults=faults if posted is not None else {}, number=_number(typed) if "value" not in faults else None
    )
    if faults:
        return page
    contact = read_contact(Record(typed, "contact", []))
    return replace(
        page,
        preview=contact_preview(desk.with_contact(contact), contact.id, paris_day(moment)),
        checked_by_another=_risky(body, typed),
    )


def _options(desk: Desk, body: Body, beside: dict[str, str]) -> dict[str, object]:
    name = desk.organisation(body["organisation"]).name
    return {
        "kinds": list(KIND_WORDS.items()),
        "languages": [(code, words.capitalize()) for code, words in LANGUAGE_WORDS.items()],
        "publics": list(PUBLIC_WORDS.items()),
        "beside": list(beside.items()),
        "said_hours": body.get("schedule") is None,
        "back_words": name,
    }


def safe_contacts(desk: Desk) -> dict[str, str]:
    """Confirmed national lines, to show beside a contact that is not: id → label."""
    return {
        contact.id: contact.label
        for contact in desk.content.contacts.values()
        if contact.value and contact.confirmed_on and desk.organisation(contact.organisation).scope == "national"
        and contact.kind in NUMBERS
    }  # fmt: skip


def _number(body: Body) -> str | None:
    """As readers will see it: digit groups and all."""
    return phone_words(body["value"]) if body["value"] and body["kind"] in NUMBERS else None


def _risky(before: Body, after: Body) -> tuple[str, ...]:
    return tuple(name for name in ("value", "kind", "label", "withdrawn") if before.get(name) != after.get(name))


def withdrawal_body(posted: Mapping[str, str], before: Body) -> tuple[Body, dict[str, str]]:
    """The document of a contact that is taken back: no number, and why."""
    why = posted.get("withdrawn", "").replace("\r\n", "\n").strip()
    body = before | {"withdrawn": why or None, "value": None}
    faults = contact_faults(body) if why else {"withdrawn": "Dites pourquoi, en une phrase"}
    return body, {"withdrawn": next(iter(faults.values()))} if faults else {}


def organisation_page(title: str, body: Body, posted: Mapping[str, str] | None, close: str | None = None) -> FormPage:
    fields = organisation_fields(body) if posted is None else organisation_fields({}) | dict(posted)
    return FormPage(title, fields, 0, "/equipe/contacts/", {"scopes": list(SCOPE_WORDS.items()), "close": close})


def successors(desk: Desk, organisation: str) -> dict[str, str]:
    """Contacts of others that still answer: id → label."""
    return {
        contact.id: contact.label
        for contact in desk.content.contacts.values()
        if contact.value and contact.organisation != organisation
    }


def without_value(body: Body) -> Body:
    """A contact of an organisation that closes: its number must not be dialled any more."""
    return body | {"value": None}


def free_id(words: str, taken: Collection[str]) -> str:
    """An address out of a name, « Écoute du Val » as ecoute-du-val, that nothing else has or had."""
    plain = (
        unicodedata.normalize("NFKD", words.lower().replace("œ", "oe").replace("’", " "))
        .encode("ascii", "ignore")
        .decode()
    )
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_ID].strip("-") or "contact"
    number = 2
    found = base
    while found in taken:
        found, number = f"{base}-{number}", number + 1
    return found

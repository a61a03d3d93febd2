"""A change in words: what readers read today, and what they will."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from backend.offline.comparing import is_number
from backend.permanences.cards import CONFIDENCE_WORDS, LANGUAGE_WORDS
from backend.permanences.contact import read_contact
from backend.permanences.contact_form import KIND_WORDS, PUBLIC_WORDS
from backend.permanences.differences import change_lines, changed_days
from backend.permanences.organisation_form import SCOPE_WORDS
from backend.permanences.schedule import Schedule
from backend.permanences.week_words import coming_lines, week_lines
from backend.records import Record
from backend.storage.documents import Document
from backend.storage.revisions import Key
from backend.words import partial_day_words, phone_words

KINDS = {
    "contact": "Contact",
    "organisation": "Organisme",
    "guide": "Guide",
    "source": "Source",
    "claim": "Correction",
    "sorter": "Questions",
    "pack": "Territoire",
}
FIELDS = {
    "value": "Numéro ou adresse", "label": "Nom", "name": "Nom", "for": "Pour quoi", "organisation": "Organisme",
    "kind": "Moyen", "emergency": "Numéro d’urgence", "withdrawn": "Retiré", "address": "Adresse",
    "website": "Site", "closed_on": "Fermé le", "successors": "Vers qui se tourner", "about": "Présentation",
    "cost": "Prix", "languages": "Langues", "audience": "Public", "publics": "Publics", "expect": "À quoi s’attendre",
    "confirmed_on": "Vérifié le", "confirm_by": "À vérifier avant le", "confidence": "Confiance", "source": "Source",
    "beside": "À côté", "note": "Note", "keywords": "Mots cherchés", "hours_text": "Horaires en mots",
    "schedule": "Horaires", "scope": "Portée", "title": "Titre", "url": "Adresse web", "date": "Date",
    "says": "Ce qu’elle dit", "text": "Texte", "document": "Le tout",
}  # fmt: skip
# What stands in documents for words, and for others by their id.
CODES: dict[str, Mapping[str, str]] = {
    "kind": KIND_WORDS, "languages": LANGUAGE_WORDS, "publics": PUBLIC_WORDS, "confidence": CONFIDENCE_WORDS,
    "scope": SCOPE_WORDS,
}  # fmt: skip
IDS = {"successors": "contact", "beside": "contact", "organisation": "organisation"}
DAYS = ("closed_on", "confirmed_on", "confirm_by", "date")
CODED = ("kind", "organisation", "emergency", "scope", "closed_on", "successors")  # of what is watched
NOTHING = "rien"
REWRITTEN = "Écrit autrement ; rien ne change pour les lecteurs."
UNNOTICED = "Écrits autrement ; rien ne change pour les lecteurs dans les douze semaines à venir."


@dataclass(frozen=True)
class Side:
    """One thing that changes; None where there is nothing on that side."""

    name: str
    before: str | None
    after: str | None


def title_of(document: Document) -> str:
    """How people call it."""
    if document.kind == "guide":
        lines = [line for line in document.body.splitlines() if line.startswith("title:")]
        return lines[0].removeprefix("title:").strip().strip("\"'") if lines else document.id
    values = _values(document)
    return str(values.get("label") or values.get("name") or values.get("title") or document.id)


Titles = Mapping[Key, str]  # what contacts and organisations are called


def sides(before: Document | None, after: Document | None, titles: Titles) -> list[Side]:
    """Every field that changes, hours left to `hours_lines`; for a guide, the passages of its text."""
    if (before or after) is None or after is None or before is None:
        whole = before or after
        words = _whole(whole) if whole else ""
        return [Side(KINDS.get(whole.kind, "") if whole else "", words if before else None, words if after else None)]
    if after.kind == "guide":
        return list(_passages(before.body.splitlines(), after.body.splitlines()))
    old, new = _values(before), _values(after)
    names = [name for name in {**new, **old} if name != "schedule" and old.get(name) != new.get(name)]
    found = [_side(name, old, new, titles) for name in names]
    # An empty list where nothing was written differs for nobody.
    return [side for side in found if side.before != side.after]


def _side(name: str, old: Mapping[str, Any], new: Mapping[str, Any], titles: Titles) -> Side:
    return Side(FIELDS.get(name, name), field_words(name, old, titles), field_words(name, new, titles))


def conflict_sides(theirs: Document, mine: Document, titles: Titles, day: date) -> list[Side]:
    """What somebody else wrote, and what they would lose by it, field by field; hours whole, in words."""
    found = sides(theirs, mine, titles)
    if theirs.kind == "contact" and _values(theirs).get("schedule") != _values(mine).get("schedule"):
        found.append(Side(FIELDS["schedule"], _hours(theirs, day), _hours(mine, day)))
    return found


def hours_lines(before: Document | None, after: Document | None, day: date) -> list[str]:
    """What readers notice of changed hours; nothing where hours do not change."""
    if before is None or after is None or after.kind != "contact":
        return []
    old, new = _values(before).get("schedule"), _values(after).get("schedule")
    if old == new:
        return []
    return change_lines(changed_days(_schedule(before), _schedule(after), day)) or [UNNOTICED]


def risk_words(field: str, text: str | None, document: Document | None, titles: Titles) -> str | None:
    """A value that is watched, as people say it; numbers, names and addresses stay as they are, sign by sign."""
    if text is None or document is None or field not in CODED:
        return text
    return field_words(field, _values(document), titles)


def _hours(document: Document, day: date) -> str | None:
    schedule = _schedule(document)
    if schedule is None:
        return None
    return "\n".join([*week_lines(schedule), *coming_lines(schedule, day), *([schedule.note] if schedule.note else [])])


def field_words(name: str, values: Mapping[str, Any], titles: Titles) -> str | None:
    """As people say it: names for ids, words for codes, days as the French write them."""
    value = values.get(name)
    if value in (None, "", [], False):
        return None
    if name == "value" and is_number(str(value)):
        return phone_words(str(value))
    if isinstance(value, dict):
        return " · ".join(_item_words(key, part, titles) for key, part in value.items() if part)
    if isinstance(value, list):
        return ", ".join(_item_words(name, part, titles) for part in value)
    return _item_words(name, value, titles)


def _item_words(name: str, value: Any, titles: Titles) -> str:
    if value is True:
        return "oui"
    if not isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if name in IDS:
        return titles.get((IDS[name], value), value)
    if name in DAYS:
        return partial_day_words(value)
    return CODES.get(name, {}).get(value, value)


def _whole(document: Document) -> str:
    title = title_of(document)
    value = field_words("value", _values(document), {}) if document.kind == "contact" else None
    return f"{title}, {value}" if value else title


def _passages(old: list[str], new: list[str]) -> Iterator[Side]:
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag != "equal":
            gone, come = "\n".join(old[a:b]).strip(), "\n".join(new[c:d]).strip()
            if gone or come:
                yield Side(FIELDS["text"], gone or None, come or None)


def _values(document: Document) -> dict[str, Any]:
    try:
        values: dict[str, Any] = json.loads(document.body)
    except ValueError:
        return {}
    return values


def _schedule(document: Document) -> Schedule | None:
    return read_contact(Record(_values(document), document.id, [])).schedule

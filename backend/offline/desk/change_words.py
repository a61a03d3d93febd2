"""A change in words: what readers read today, and what they will."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import Any

from backend.offline.comparing import is_number
from backend.permanences.contact import read_contact
from backend.permanences.differences import change_lines, changed_days
from backend.permanences.schedule import Schedule
from backend.records import Record
from backend.storage.documents import Document
from backend.words import day_words, phone_words

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
NOTHING = "rien"
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


def sides(before: Document | None, after: Document | None) -> list[Side]:
    """Every field that changes, hours left to `hours_lines`; for a guide, the passages of its text."""
    if (before or after) is None or after is None or before is None:
        whole = before or after
        words = _whole(whole) if whole else ""
        return [Side(KINDS.get(whole.kind, "") if whole else "", words if before else None, words if after else None)]
    if after.kind == "guide":
        return list(_passages(before.body.splitlines(), after.body.splitlines()))
    old, new = _values(before), _values(after)
    names = [name for name in {**new, **old} if name != "schedule" and old.get(name) != new.get(name)]
    return [Side(FIELDS.get(name, name), field_words(name, old), field_words(name, new)) for name in names]


def hours_lines(before: Document | None, after: Document | None, day: date) -> list[str]:
    """What readers notice of changed hours; nothing where hours do not change."""
    if before is None or after is None or after.kind != "contact":
        return []
    old, new = _values(before).get("schedule"), _values(after).get("schedule")
    if old == new:
        return []
    return change_lines(changed_days(_schedule(before), _schedule(after), day)) or [UNNOTICED]


def field_words(name: str, values: Mapping[str, Any]) -> str | None:
    value = values.get(name)
    if value in (None, "", [], False):
        return None
    if name == "value" and is_number(str(value)):
        return phone_words(str(value))
    if name in ("closed_on", "confirmed_on", "confirm_by"):
        return day_words(date.fromisoformat(value))
    if isinstance(value, dict):
        return " · ".join(str(part) for part in value.values() if part)
    if isinstance(value, list):
        return ", ".join(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False) for part in value)
    return "oui" if value is True else str(value)


def _whole(document: Document) -> str:
    title = title_of(document)
    value = field_words("value", _values(document)) if document.kind == "contact" else None
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

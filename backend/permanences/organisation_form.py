"""An organisation's fields in the staff space, and back; closing it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.permanences.hour_reading import read_day
from backend.permanences.organisation import SCOPES, read_organisation
from backend.records import Fault, Record

Body = dict[str, Any]
TEXTS = ("name", "website", "address", "about")
SCOPE_WORDS = {"national": "Toute la France", "local": "Ici"}


def organisation_fields(body: Body) -> dict[str, str]:
    return {name: body.get(name) or "" for name in ("scope", *TEXTS)}


def organisation_body(posted: Mapping[str, str], before: Body) -> Body:
    """The document out of its fields; being closed, and its successors, are another page's."""
    texts = {name: posted.get(name, "").replace("\r\n", "\n").strip() or None for name in TEXTS}
    return before | texts | {"scope": posted["scope"] if posted.get("scope") in SCOPES else "local"}


def organisation_faults(body: Body) -> dict[str, str]:
    """Field → what to mend, in the editor's words."""
    found: list[Fault] = []
    read_organisation(Record(body, "organisation", found))
    return {f.field: "À remplir" if f.words == "manque" else f.words[:1].upper() + f.words[1:] for f in reversed(found)}


def closed_body(
    posted: Mapping[str, str], before: Body, contacts: tuple[str, ...], today: date
) -> tuple[Body, dict[str, str]]:
    """The document of an organisation that has closed, and what is wrong with what was typed."""
    typed = posted.get("closed_on", "").strip()
    closed_on = read_day(typed)
    successors = [id_ for id_ in contacts if posted.get(f"successor.{id_}") == "1"]
    faults: dict[str, str] = {}
    if closed_on is None:
        faults["closed_on"] = f"« {typed[:20]} » n’est pas une date ; écrivez 24/12/2026" if typed else "À remplir"
    elif closed_on > today:
        faults["closed_on"] = "Ce jour est à venir : fermez l’organisme ce jour-là, ou fermez ses horaires d’ici là"
    if not successors:
        faults["successors"] = "Choisissez au moins un contact vers qui se tourner"
    return before | {"closed_on": closed_on.isoformat() if closed_on else None, "successors": successors}, faults

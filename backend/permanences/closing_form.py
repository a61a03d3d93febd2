"""Closing for some days, as it is asked for: this week, a day, from a day to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from backend.permanences.hour_reading import read_day
from backend.permanences.schedule_reading import LONGEST_REASON
from backend.records import FORBIDDEN
from backend.words import WEEKDAYS

FARTHEST = timedelta(3 * 366)
TITLES = {"semaine": "Fermer cette semaine", "jour": "Fermer un jour", "dates": "Fermer du … au …"}


@dataclass(frozen=True)
class ClosingAsked:
    """`first` and `last` must not be used with a fault."""

    first: date
    last: date
    reason: str | None
    faults: dict[str, str] = field(default_factory=dict)


def closing_fields(kind: str, today: date) -> dict[str, str]:
    """What the form starts with: what is left of the week, or today. A day alone has no last one to be behind."""
    week_ends = (today + timedelta(6 - today.weekday())).isoformat()
    last = {"semaine": week_ends, "jour": ""}.get(kind, today.isoformat())
    return {"quoi": kind, "first": today.isoformat(), "last": last, "reason": ""}


def read_closing(posted: Mapping[str, str], today: date) -> ClosingAsked:
    faults: dict[str, str] = {}
    first = _day(posted.get("first", ""), "first", faults)
    last = _day(posted.get("last", ""), "last", faults) if posted.get("last", "").strip() else first
    if not faults and first < today:
        faults["first"] = "Ce jour est passé : choisissez aujourd’hui ou plus tard"
    if not faults and last < first:
        faults["last"] = "Le dernier jour vient avant le premier"
    if not faults and last > today + FARTHEST:
        faults["last"] = "C’est dans plus de trois ans : si l’organisme ferme pour de bon, fermez l’organisme"
    reason = posted.get("reason", "").strip()
    if len(reason) > LONGEST_REASON:
        faults["reason"] = f"{len(reason)} caractères, {LONGEST_REASON} au plus"
    elif "\n" in reason or "\t" in reason or FORBIDDEN.search(reason):
        faults["reason"] = "Une seule ligne de texte est attendue"
    return ClosingAsked(first, last, reason or None, faults)


def _day(text: str, name: str, faults: dict[str, str]) -> date:
    found = read_day(text)
    if found is None:
        typed = text.strip()[:20]
        faults[name] = f"« {typed} » n’est pas une date ; écrivez 24/12/2026" if typed else "Choisissez un jour"
    return found or date.min


def week_words(today: date) -> str:
    """« d’aujourd’hui à dimanche », « aujourd’hui » on a Sunday."""
    return "aujourd’hui" if today.weekday() == 6 else f"d’aujourd’hui à {WEEKDAYS[6]}"

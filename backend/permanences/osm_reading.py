"""The opening_hours values that can be read one way only; a French sentence refuses all others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from backend.permanences.osm import APPOINTMENT, OSM_DAYS, OSM_MONTHS
from backend.permanences.osm_traps import OsmRefusedError, refuse_traps
from backend.permanences.schedule import FULL_DAY, Slot, Slots
from backend.permanences.slot_reading import slot_fault, slot_text

_DAY = f"(?:{'|'.join(OSM_DAYS)})"
_DAYS = rf"(?:{_DAY}(?:-{_DAY})?|PH)(?:,(?:{_DAY}(?:-{_DAY})?|PH))*"
_DATE = rf"\d{{4}} (?:{'|'.join(OSM_MONTHS)}) \d{{2}}"
_TIME = r"\d{2}:\d{2}-\d{2}:\d{2}"
RULE = re.compile(
    rf"(?:(?P<dates>{_DATE}(?:-{_DATE})?)(?: |$))?(?:(?P<days>{_DAYS}) )?"
    rf"(?:(?P<times>{_TIME}(?:,{_TIME})*)(?: (?P<verb>open|unknown))?|(?P<off>off|closed))"
    r'(?: "(?P<comment>[^"]{1,120})")?',
    re.ASCII,
)


@dataclass(frozen=True)
class OsmRule:
    """One rule: the days it names (empty: all), whether public holidays are among them, and its slots."""

    text: str
    dates: tuple[date, date] | None
    days: tuple[int, ...]
    holidays: bool
    slots: Slots
    appointment: bool
    comment: str | None


def read_rules(text: str) -> list[OsmRule]:
    """The rules of a value, in order. Raises OsmRefusedError."""
    refuse_traps(text)
    return [_read_rule(part.strip()) for part in text.strip().removesuffix(";").split(";")]


def _read_rule(text: str) -> OsmRule:
    match = RULE.fullmatch(text)
    if not match:
        raise OsmRefusedError(
            f"« {text[:80]} » n’est pas compris. Écrivez par exemple « Mo-Fr 09:00-12:00,14:00-17:30 » "
            "ou « 2026 Dec 24-2026 Dec 26 off »"
        )
    days, holidays = _read_days(match["days"] or "")
    return OsmRule(
        text=text,
        dates=_read_dates(match["dates"]) if match["dates"] else None,
        days=days,
        holidays=holidays,
        slots=_read_times(match["times"]) if match["times"] else (),
        appointment=_is_appointment(text, match),
        comment=(match["comment"] or "").strip() or None if match["verb"] != "unknown" else None,
    )


def _is_appointment(text: str, match: re.Match[str]) -> bool:
    if match["comment"] and match["times"] and not match["verb"]:
        raise OsmRefusedError(f"« {text[:80]} » : un commentaire seul après des heures se lit « peut-être ouvert »")
    if match["verb"] == "unknown" and match["comment"] != APPOINTMENT:
        raise OsmRefusedError(f'« {text[:80]} » : « unknown » n’est accepté que suivi de "{APPOINTMENT}"')
    return match["verb"] == "unknown"


def _read_days(text: str) -> tuple[tuple[int, ...], bool]:
    days: list[int] = []
    for part in text.split(",") if text else ():
        if part != "PH":
            first, _, last = part.partition("-")
            begin, end = OSM_DAYS.index(first), OSM_DAYS.index(last or first)
            if end < begin:
                raise OsmRefusedError(
                    f"« {part} » revient en arrière : écrivez les jours dans l’ordre, du lundi au dimanche"
                )
            days += range(begin, end + 1)
    if len(set(days)) != len(days) or text.split(",").count("PH") > 1:
        raise OsmRefusedError(f"« {text} » : un même jour est écrit deux fois")
    return tuple(sorted(days)), "PH" in text.split(",")


def _read_dates(text: str) -> tuple[date, date]:
    days = [_read_date(part) for part in text.split("-")]
    if days[-1] < days[0]:
        raise OsmRefusedError(f"« {text} » : le dernier jour vient avant le premier")
    return days[0], days[-1]


def _read_date(text: str) -> date:
    year, month, day = text.split(" ")
    try:
        return date(int(year), OSM_MONTHS.index(month) + 1, int(day))
    except ValueError:
        raise OsmRefusedError(f"« {text} » n’existe pas dans le calendrier") from None


def _read_times(text: str) -> Slots:
    slots = sorted(_read_time(part) for part in text.split(","))
    for earlier, later in pairwise(slots):
        if later.start < earlier.end:
            raise OsmRefusedError(f"les plages {slot_text(earlier)} et {slot_text(later)} se chevauchent")
    return tuple(slots)


def _read_time(text: str) -> Slot:
    minutes = [int(part[:2]) * 60 + int(part[3:]) for part in text.split("-")]
    if any(int(part[3:]) > 59 for part in text.split("-")):
        raise OsmRefusedError(f"« {text} » n’est pas une plage d’heures")
    # In this format an end before the start is the next morning.
    slot = Slot(minutes[0], minutes[1] + FULL_DAY if minutes[1] < minutes[0] < FULL_DAY else minutes[1])
    fault = slot_fault(slot)
    if fault:
        raise OsmRefusedError(f"« {text} » : {fault}")
    return slot

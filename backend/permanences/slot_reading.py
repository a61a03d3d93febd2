"""Hours and days as people write them, or a sentence saying what to mend."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from backend.permanences.schedule import DAYS, EMPTY_WEEK, FULL_DAY, Slot, Slots, Week, clock_text
from backend.words import WEEKDAYS

CLOCK = re.compile(r"(\d{2}):(\d{2})", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# A slot every half hour is more than anyone writes; without a bound a file could make pages endless.
MOST_SLOTS = 48
Tell = Callable[[str], None]


def read_slots(value: Any, tell: Tell, where: str = "") -> Slots:
    """[["09:00", "12:00"], …], sorted; faults go to `tell`, in French, and leave the slot out."""
    if not isinstance(value, list):
        tell(f'{where}une liste de plages est attendue : [["09:00", "12:00"]]')
        return ()
    if len(value) > MOST_SLOTS:
        tell(f"{where}{len(value)} plages, {MOST_SLOTS} au plus pour un jour")
        return ()
    read = [_read_slot(item, tell, where) for item in value]
    slots = sorted(slot for slot in read if slot is not None)
    for earlier, later in pairwise(slots):
        if later.start < earlier.end:
            tell(f"{where}les plages {slot_text(earlier)} et {slot_text(later)} se chevauchent")
    return tuple(slots)


def slot_text(slot: Slot) -> str:
    return f"{clock_text(slot.start)}–{clock_text(slot.end)}"


def _read_slot(value: Any, tell: Tell, where: str) -> Slot | None:
    if not isinstance(value, list) or len(value) != 2 or not all(isinstance(item, str) for item in value):
        tell(f'{where}une plage s’écrit ["09:00", "12:00"] : une heure de début et une heure de fin')
        return None
    minutes = [_read_clock(item, tell, where) for item in value]
    if minutes[0] is None or minutes[1] is None:
        return None
    slot = Slot(minutes[0], minutes[1])
    fault = slot_fault(slot)
    if fault:
        tell(f"{where}{slot_text(slot)} : {fault}")
        return None
    return slot


def slot_fault(slot: Slot) -> str | None:
    """What is wrong with a slot, or nothing."""
    if slot.start >= FULL_DAY:
        return "le début vient avant 24:00 ; écrivez la plage au jour où elle commence"
    if slot.end == slot.start:
        return "la fin est égale au début"
    if slot.end < slot.start:
        night = clock_text(slot.end + FULL_DAY)
        return f"l’heure de fin est avant l’heure de début. Pour finir après minuit, écrivez {night}"
    if slot.end - slot.start > FULL_DAY:
        return "une plage dure 24 heures au plus"
    return None


def _read_clock(text: str, tell: Tell, where: str) -> int | None:
    match = CLOCK.fullmatch(text)
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 2 * FULL_DAY:
        tell(f"{where}« {text[:20]} » n’est pas une heure ; écrivez-la sur quatre chiffres : 09:00")
        return None
    return int(match[1]) * 60 + int(match[2])


def read_week(value: Any, tell: Tell) -> Week:
    """A table by day: {"mo": [slots], …}; days left out have no slot."""
    if not isinstance(value, dict):
        tell('une table par jour est attendue : {"mo": [["09:00", "12:00"]]}')
        return EMPTY_WEEK
    for name in value:
        if name not in DAYS:
            tell(f"« {str(name)[:20]} » n’est pas un jour ; les jours s’écrivent {', '.join(DAYS)}")
    week = [
        read_slots(value[name], tell, f"{words} : ") if name in value else ()
        for name, words in zip(DAYS, WEEKDAYS, strict=True)
    ]
    return (week[0], week[1], week[2], week[3], week[4], week[5], week[6])


def read_days(first: Any, last: Any, tell: Tell) -> tuple[date, date] | None:
    """Both ends of a stretch of days, included; None once the fault is told."""
    days = [_read_day(value, tell) for value in (first, last)]
    if days[0] is None or days[1] is None:
        return None
    if days[1] < days[0]:
        tell(f"le dernier jour ({days[1]}) vient avant le premier ({days[0]})")
        return None
    return days[0], days[1]


def _read_day(value: Any, tell: Tell) -> date | None:
    if not isinstance(value, str) or not DAY.fullmatch(value):
        tell("« from » et « until » sont des dates ; écrivez-les 2026-11-22")
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        tell(f"le {value} n’existe pas dans le calendrier")
        return None


def overlap(stretches: Sequence[tuple[date, date]]) -> tuple[date, date] | None:
    """The first day two stretches share, with the start of the later one; None when they are apart."""
    for earlier, later in pairwise(sorted(stretches)):
        if later[0] <= earlier[1]:
            return later[0], min(earlier[1], later[1])
    return None

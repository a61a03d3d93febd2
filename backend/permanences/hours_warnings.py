"""What is unusual in a permanence, to read again before publishing: warned about, never refused."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from backend.permanences.public_holidays import public_holidays
from backend.permanences.schedule import AS_USUAL, EMPTY_WEEK, FULL_DAY, Schedule, Slot, Slots, Week
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar
from backend.permanences.week_words import days_words, slots_words, stretch_words
from backend.words import NBSP, day_words

LONG_SLOT = 12 * 60
NIGHT = (0, 6 * 60)
LONG_CLOSURE_DAYS = 92
AHEAD_DAYS = 60
NO_SLOT = "Aucune plage : ce contact sera montré fermé tous les jours."


def warnings(
    schedule: Schedule, day: date, published: Schedule | None = None, school: SchoolCalendar = ZONE_C
) -> list[str]:
    """One sentence each, the gravest first. What readers are told already (`published`) is not unusual any more: warned
    about each time, nobody would read on."""
    before = published or Schedule()
    if schedule.never_open:
        return [] if published and published.never_open else [NO_SLOT]
    return [*_usual(schedule, before, day, school), *_dated(schedule, before, day)]


def _usual(schedule: Schedule, before: Schedule, day: date, school: SchoolCalendar) -> Iterator[str]:
    if schedule.always:
        if not before.always:
            yield f"24{NBSP}h/24, tous les jours, jours fériés compris."
        return
    yield from _week_warnings(schedule.weekly, before.weekly, "")
    for season in schedule.seasons:
        if season not in before.seasons:
            yield from _week_warnings(season.weekly, EMPTY_WEEK, f", {stretch_words(season.first, season.last)}")
    if schedule.public_holidays == AS_USUAL != before.public_holidays:
        yield f"Les jours fériés restent comme d’habitude{_next_holiday(day)}."
    if AS_USUAL != schedule.school_holidays != before.school_holidays and not school.knows(day):
        yield "Les dates des vacances scolaires ne sont pas connues : les lecteurs liront « hors vacances scolaires »."


def _week_warnings(week: Week, before: Week, when: str) -> Iterator[str]:
    """Days alike are told once; slots that were there are not told."""
    for slot in dict.fromkeys(slot for slots in week for slot in slots):
        found = [day for day in range(7) if slot in week[day] and slot not in before[day]]
        if found:
            days = days_words(found)
            yield from _slot_warnings(f"{days[:1].upper()}{days[1:]}{when}", (slot,))


def _slot_warnings(when: str, slots: Slots) -> Iterator[str]:
    for slot in slots:
        if slot.end - slot.start > LONG_SLOT and slot != Slot(0, FULL_DAY):
            hours = (slot.end - slot.start) // 60
            yield f"{when} : une plage de plus de 12{NBSP}heures ({slots_words((slot,))}, {hours}{NBSP}heures)."
        elif _touches_night(slot):
            yield f"{when} : une plage de nuit ({slots_words((slot,))})."


def _touches_night(slot: Slot) -> bool:
    """Between midnight and six, on its own day or the next."""
    return slot.start < NIGHT[1] or slot.end > FULL_DAY


def _next_holiday(day: date) -> str:
    coming = [found for year in (day.year, day.year + 1) for found in public_holidays(year).items() if found[0] >= day]
    when, name = coming[0]
    if (when - day).days > AHEAD_DAYS:
        return ""
    return f", le {day_words(when)} ({name}) compris"


def _dated(schedule: Schedule, before: Schedule, day: date) -> Iterator[str]:
    for found in schedule.exceptions:
        if found in before.exceptions:
            continue
        when = stretch_words(found.first, found.last)
        if found.last < day:
            yield f"Cette date est passée : {when}."
        elif not found.slots and (found.last - found.first).days >= LONG_CLOSURE_DAYS:
            yield f"Une fermeture de plus de trois mois : {when}."
        yield from _slot_warnings(when[:1].upper() + when[1:], found.slots)
    for season in schedule.seasons:
        if season in before.seasons:
            continue
        if season.last < day:
            yield f"Cette saison est passée : {stretch_words(season.first, season.last)}."
        if not any(season.weekly):
            yield f"Une saison sans aucune plage : fermé {stretch_words(season.first, season.last)}."

"""Which rule decides a day, and the slots that start on it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from backend.permanences.public_holidays import is_public_holiday, public_holidays
from backend.permanences.schedule import AS_USUAL, FULL_DAY, Schedule, Slot, Slots, Week
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar

ALL_DAY: Slots = (Slot(0, FULL_DAY),)


class DayHours(NamedTuple):
    """The slots that start on a day. `unsure`: they would differ if the day were a school holiday, and nobody knows."""

    slots: Slots
    rule: str
    reason: str | None
    unsure: bool = False


def day_hours(schedule: Schedule, day: date, school: SchoolCalendar = ZONE_C) -> DayHours:
    """Exception > public holiday > season > school holiday > weekly."""
    for exception in schedule.exceptions:
        if exception.first <= day <= exception.last:
            return DayHours(exception.slots, "exception", exception.reason or _unnamed(exception.slots))
    if schedule.always:
        return DayHours(ALL_DAY, "always", None)
    if schedule.public_holidays != AS_USUAL and is_public_holiday(day):
        slots = () if isinstance(schedule.public_holidays, str) else schedule.public_holidays
        return DayHours(slots, "public_holiday", "jour férié")
    for season in schedule.seasons:
        if season.first <= day <= season.last:
            return DayHours(season.weekly[day.weekday()], "season", "horaires de saison")
    return _ordinary(schedule, day, school)


def _ordinary(schedule: Schedule, day: date, school: SchoolCalendar) -> DayHours:
    usual = schedule.weekly[day.weekday()]
    if schedule.school_holidays == AS_USUAL:
        return DayHours(usual, "weekly", None)
    holiday = _school_slots(schedule.school_holidays, day)
    if school.is_holiday(day):
        return DayHours(holiday, "school_holiday", "vacances scolaires")
    return DayHours(usual, "weekly", None, unsure=holiday != usual and not school.knows(day))


def ruled_days(schedule: Schedule, first: date, last: date) -> list[date]:
    """The days of a stretch, both ends included, on which something else than the usual week may decide, in order."""
    if schedule.school_holidays != AS_USUAL:
        return _each_day(first, last)
    found = {day for year in range(first.year, last.year + 1) for day in public_holidays(year) if first <= day <= last}
    stretches = [(rule.first, rule.last) for rule in schedule.exceptions]
    stretches += [(rule.first, rule.last) for rule in schedule.seasons]
    for begins, ends in stretches:
        found.update(_each_day(max(first, begins), min(last, ends)))
    return sorted(found)


def _each_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days) for days in range((last - first).days + 1)]


def _school_slots(policy: str | Week, day: date) -> Slots:
    return () if isinstance(policy, str) else policy[day.weekday()]


def _unnamed(slots: Slots) -> str:
    return "horaires exceptionnels" if slots else "fermeture exceptionnelle"


def is_closed_by_rule(hours: DayHours, schedule: Schedule, day: date) -> bool:
    """A day worth explaining: shut, and not merely because its weekday always is."""
    if hours.slots or hours.rule in ("weekly", "always"):
        return False
    return hours.rule != "season" or bool(schedule.weekly[day.weekday()])

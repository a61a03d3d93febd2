"""A change that begins on a given day: what holds until the eve is written as seasons and exceptions, what holds from
then on is the schedule itself. Once the day has come, nothing of the past weighs on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from typing import TypeVar

from backend.permanences.public_holidays import is_public_holiday
from backend.permanences.schedule import AS_USUAL, EMPTY_WEEK, DatedException, Schedule, Season, Slots, Week
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar

A_DAY = timedelta(1)
FARTHEST_DAYS = 366
Stretch = TypeVar("Stretch", Season, DatedException)


def refusal(before: Schedule, after: Schedule, today: date, begins: date) -> str | None:
    """Why this change cannot be dated, or nothing."""
    if not today <= begins <= today + timedelta(FARTHEST_DAYS):
        return "choisissez un jour à venir, dans les douze mois"
    if before.always != after.always or before.by_appointment != after.by_appointment:
        return "passer à 24 h/24 ou au rendez-vous ne se prépare pas d’avance : publiez ce jour-là"
    return None


def begin_on(before: Schedule, after: Schedule, today: date, begins: date, school: SchoolCalendar = ZONE_C) -> Schedule:
    """`before` from today to the eve of `begins`, `after` from then on; `refusal` must have found nothing.

    Past days keep what they had. On days nobody knows to be school holidays or not, the week of `before` holds.
    """
    exceptions = [*_clipped(before.exceptions, date.min, begins - A_DAY), *_clipped(after.exceptions, begins, date.max)]
    if before.always:
        return replace(after, exceptions=tuple(exceptions))
    days = [today + timedelta(number) for number in range((begins - today).days)]
    if before.public_holidays != after.public_holidays:
        exceptions += _holidays(before, days, school)
    return replace(
        after,
        seasons=(
            *_clipped(before.seasons, date.min, today - A_DAY),
            *_until_then(before, days, school),
            *_clipped(after.seasons, begins, date.max),
        ),
        exceptions=tuple(sorted(exceptions, key=lambda found: found.first)),
    )


def _clipped(stretches: tuple[Stretch, ...], first: date, last: date) -> Iterator[Stretch]:
    """Seasons or exceptions, as far as they lie between two days."""
    for found in stretches:
        if found.first <= last and found.last >= first:
            yield replace(found, first=max(found.first, first), last=min(found.last, last))


def _until_then(before: Schedule, days: list[date], school: SchoolCalendar) -> Iterator[Season]:
    for week, run in groupby(days, key=lambda day: _week_of(before, day, school)):
        stretch = list(run)
        yield Season(stretch[0], stretch[-1], week)


def _week_of(schedule: Schedule, day: date, school: SchoolCalendar) -> Week:
    """The week that rules a day which is neither an exception nor a public holiday."""
    for season in schedule.seasons:
        if season.first <= day <= season.last:
            return season.weekly
    if schedule.school_holidays == AS_USUAL or not school.is_holiday(day):
        return schedule.weekly
    return EMPTY_WEEK if isinstance(schedule.school_holidays, str) else schedule.school_holidays


def _holidays(before: Schedule, days: list[date], school: SchoolCalendar) -> Iterator[DatedException]:
    """Public holidays until then, as they were: their rule is about to become another."""
    for day in days:
        taken = any(found.first <= day <= found.last for found in before.exceptions)
        if is_public_holiday(day) and not taken:
            yield DatedException(day, day, _holiday_slots(before, day, school), "jour férié")


def _holiday_slots(before: Schedule, day: date, school: SchoolCalendar) -> Slots:
    if before.public_holidays == AS_USUAL:
        return _week_of(before, day, school)[day.weekday()]
    return () if isinstance(before.public_holidays, str) else before.public_holidays

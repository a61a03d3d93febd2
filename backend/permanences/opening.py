"""When a permanence answers: uninterrupted times in UTC minutes, exact for any date."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from backend.permanences.calendar import day_hours
from backend.permanences.paris_time import LAST_DAY, midnight, moment_of, paris_day_of, utc_minute, utc_span
from backend.permanences.schedule import AS_USUAL, Schedule
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar

# Weekdays and public holidays have all had their turn: what lasted so long lasts until a dated rule changes it.
QUIET_DAYS = 400
END_ORDINAL = LAST_DAY.toordinal()


class Span(NamedTuple):
    """An uninterrupted time, in UTC minutes; `end` is None when it never ends."""

    start: int
    end: int | None


@dataclass(frozen=True)
class Standing:
    """`until`: when `state` ends (None: never, or unknown). `next`: the next time one can be reached after `until`
    if open, after now if closed."""

    state: str  # open, appointment, closed or unknown
    until: datetime | None
    next: datetime | None


def state_at(schedule: Schedule | None, moment: datetime, school: SchoolCalendar = ZONE_C) -> Standing:
    """Whether the contact answers at that moment, from the schedule alone. Raises ValueError for a moment
    without a zone or outside the calendar (1970–9998)."""
    minute = utc_minute(moment)
    if schedule is None:
        return Standing("unknown", None, None)
    coming = (span for span in spans(schedule, paris_day_of(minute), school) if span.end is None or span.end > minute)
    current = next(coming, None)
    if current is None:
        return Standing("closed", None, None)
    if current.start > minute:
        opens = moment_of(current.start)
        return Standing("closed", opens, opens)
    following = next(coming, None) if current.end is not None else None
    return Standing(schedule.state, _moment(current.end), _moment(following.start if following else None))


def _moment(minute: int | None) -> datetime | None:
    return None if minute is None else moment_of(minute)


def spans(schedule: Schedule, first: date, school: SchoolCalendar = ZONE_C) -> Iterator[Span]:
    """Times from the eve of `first` on, in order, touching and overlapping slots joined. What is uninterrupted since
    before is taken from that eve."""
    if schedule.never_open:
        return
    turns, quiet_days = _turning_days(schedule, school), 2 if schedule.always else QUIET_DAYS
    current: tuple[int, int] | None = None
    ordinal, quiet = first.toordinal() - 1, 0
    while ordinal < END_ORDINAL:
        quiet += 1
        for start, end in day_spans(schedule, ordinal, school):
            if current and start <= current[1]:
                current = (current[0], max(current[1], end))
                continue
            if current:
                yield Span(*current)
            current, quiet = (start, end), 0
        ordinal += 1
        if current and current[1] < midnight(ordinal):
            yield Span(*current)
            current = None
        if quiet > quiet_days:
            turn = next((day for day in turns if day >= ordinal), None)
            if turn is None:
                break
            # From the eve: its slots may run into the day that turns.
            ordinal, quiet = max(ordinal, turn - 1), 0
            current = (current[0], midnight(turn)) if current else None
    if current:
        yield Span(current[0], None)


def day_spans(schedule: Schedule, ordinal: int, school: SchoolCalendar) -> list[tuple[int, int]]:
    """The slots that start on a day, in UTC minutes, in order."""
    slots = day_hours(schedule, date.fromordinal(ordinal), school).slots
    return [span for slot in slots if (span := utc_span(ordinal, slot))]


def _turning_days(schedule: Schedule, school: SchoolCalendar) -> list[int]:
    """The days, as ordinals, on which a dated rule begins or has just ended."""
    stretches = [(found.first, found.last) for found in schedule.exceptions]
    stretches += [(found.first, found.last) for found in schedule.seasons]
    if schedule.school_holidays != AS_USUAL:
        stretches += [(found.first, found.last) for found in school.breaks]
    days = {day for first, last in stretches for day in (first.toordinal(), last.toordinal() + 1)}
    return sorted(day for day in days if day < END_ORDINAL)

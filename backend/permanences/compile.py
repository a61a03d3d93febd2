"""A permanence as plain integers for the coming weeks: what a phone compares its clock with."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from itertools import groupby

from backend.permanences.calendar import DayHours, day_hours, is_closed_by_rule, ruled_days
from backend.permanences.opening import Span, spans
from backend.permanences.paris_time import EPOCH_ORDINAL, midnight, paris_day_of
from backend.permanences.schedule import FULL_DAY, Schedule
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar

WEEKS = 12
A_WEEK = 7 * FULL_DAY


@dataclass(frozen=True)
class Compiled:
    """UTC minutes, from the midnight `begins` to the midnight `ends` in Paris.

    Intervals are in order and apart: one begun the day before is cut at `begins`, the last may end after `ends`.
    `endless`: the last one goes on for more than a week past `ends`, where it is cut. `after`: the first opening
    from `ends` on.
    `closed` and `unsure`: Paris days since the epoch, first and last included, with the reason of the former.
    """

    begins: int
    ends: int
    state: str
    intervals: tuple[tuple[int, int], ...]  # start, length
    endless: bool
    after: int | None
    closed: tuple[tuple[int, int, str], ...]
    unsure: tuple[tuple[int, int], ...]


def compile_schedule(schedule: Schedule, first: date, weeks: int = WEEKS, school: SchoolCalendar = ZONE_C) -> Compiled:
    """The weeks from the day `first` on, both midnights in Paris."""
    begins, ends = midnight(first.toordinal()), midnight(first.toordinal() + 7 * weeks)
    intervals, endless, after = _within(spans(schedule, first, school), begins, ends)
    ruled = ruled_days(schedule, first, first + timedelta(7 * weeks - 1))
    days = [(day, day_hours(schedule, day, school)) for day in ruled]
    # The opening promised for later is told too, so its day counts.
    later = [] if after is None else [(paris_day_of(after), day_hours(schedule, paris_day_of(after), school))]
    return Compiled(
        begins=begins,
        ends=ends,
        state=schedule.state,
        intervals=intervals,
        endless=endless,
        after=after,
        closed=() if schedule.never_open else tuple(_runs(days, partial(_closing_reason, schedule))),
        unsure=tuple((start, last) for start, last, _ in (*_runs(days, _doubt), *_runs(later, _doubt))),
    )


def _within(found: Iterator[Span], begins: int, ends: int) -> tuple[tuple[tuple[int, int], ...], bool, int | None]:
    """Intervals that start before `ends`, whether the last goes on far beyond, and the first start from `ends` on."""
    intervals: list[tuple[int, int]] = []
    endless = False
    for span in found:
        if span.start >= ends:
            return tuple(intervals), endless, span.start
        endless = span.end is None or span.end > ends + A_WEEK
        end = ends if endless or span.end is None else span.end
        if end > begins:
            start = max(span.start, begins)
            intervals.append((start, end - start))
    return tuple(intervals), endless, None


def contract_intervals(compiled: Compiled) -> list[list[int | str]]:
    """[[start_minute, length, state], …], as the API gives them."""
    return [[start, length, compiled.state] for start, length in compiled.intervals]


def _closing_reason(schedule: Schedule, day: date, hours: DayHours) -> str | None:
    return hours.reason if is_closed_by_rule(hours, schedule, day) else None


def _doubt(_: date, hours: DayHours) -> str | None:
    return "unsure" if hours.unsure else None


def _runs(
    days: list[tuple[date, DayHours]], word: Callable[[date, DayHours], str | None]
) -> Iterator[tuple[int, int, str]]:
    """Neighbouring days with the same word, as first day, last day, word; days without a word are left out."""
    told = [(day.toordinal() - EPOCH_ORDINAL, found) for day, hours in days if (found := word(day, hours)) is not None]
    # Neighbouring days keep the same distance to their place in the list.
    for (found, _), run in groupby(enumerate(told), key=lambda item: (item[1][1], item[1][0] - item[0])):
        stretch = [day for _, (day, _) in run]
        yield stretch[0], stretch[-1], found

"""Two readings of the same hours, compared on the wall clock; each difference explained by a rule, or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from backend.permanences.calendar import day_hours
from backend.permanences.opening import spans
from backend.permanences.paris_time import EPOCH_ORDINAL, midnight, paris_offset
from backend.permanences.schedule import FULL_DAY, Schedule, Slot, Slots
from backend.permanences.school_holidays import ZONE_C

Walls = list[tuple[int, int]]  # wall-clock minutes in Paris since 1970-01-01 00:00 there

NIGHT = "a night is cut at midnight when a later rule names the next day"
TAIL = "the end of a night is kept though a later rule replaced the day it began on"
CLOCK = "the repeated or skipped hour is read otherwise"
CLOCK_NIGHT = "opening_hours.js misreads the hour after the midnight that follows a change of clock"
UNEXPLAINED = "unexplained"


def our_walls(schedule: Schedule, first: date, days: int) -> Walls:
    begins, ends = midnight(first.toordinal()), midnight(first.toordinal() + days)
    found = []
    for span in spans(schedule, first):
        if span.start >= ends:
            break
        start, end = max(span.start, begins), min(span.end or ends, ends)
        if start < end:
            found.append((start + paris_offset(start), end + paris_offset(end)))
    return merged(found)


def merged(walls: Walls) -> Walls:
    found: Walls = []
    for start, end in sorted(walls):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        elif start < end:
            found.append((start, end))
    return found


def explain(schedule: Schedule, ours: Walls, theirs: Walls) -> Counter[str]:
    """How many stretches differ, by reason."""
    return Counter(_reason(schedule, *stretch) for stretch in _differing(ours, theirs))


def _differing(ours: Walls, theirs: Walls) -> Iterator[tuple[int, int, bool]]:
    """Stretches open in one reading alone, cut at midnights; True when it is ours."""
    same = set(ours) & set(theirs)
    ours, theirs = ([stretch for stretch in walls if stretch not in same] for walls in (ours, theirs))
    marks = {mark for stretch in (*ours, *theirs) for mark in stretch}
    marks |= {mark // FULL_DAY * FULL_DAY for mark in marks}
    for start, end in pairwise(sorted(marks)):
        mine, others = _covers(ours, start), _covers(theirs, start)
        if mine != others:
            yield start, end, mine


def _covers(walls: Walls, minute: int) -> bool:
    low, high = 0, len(walls)
    while low < high:
        middle = (low + high) // 2
        if walls[middle][1] <= minute:
            low = middle + 1
        else:
            high = middle
    return low < len(walls) and walls[low][0] <= minute


def _reason(schedule: Schedule, start: int, end: int, mine: bool) -> str:
    day = date.fromordinal(start // FULL_DAY + EPOCH_ORDINAL)
    morning = start % FULL_DAY
    # Where we begin at the end of the skipped hour, opening_hours.js begins one hour later than written.
    if _changes_clock(day) and morning >= 120 and morning + end - start <= 240:
        return CLOCK
    eve = date.fromordinal(day.toordinal() - 1)
    before, after = day_hours(schedule, eve, ZONE_C), day_hours(schedule, day, ZONE_C)
    runs_over = any(_last_morning_minute(slot, day) >= morning + end - start for slot in before.slots)
    if mine and runs_over and (before.slots, before.rule) != (after.slots, after.rule):
        return NIGHT
    replaced = any(slot.end - FULL_DAY >= morning + end - start for slot in _replaced_slots(schedule, eve))
    if not mine and replaced and before.rule != "weekly":
        return TAIL
    return CLOCK_NIGHT if _changes_clock(eve) and morning + end - start <= 60 else UNEXPLAINED


def _last_morning_minute(slot: Slot, day: date) -> int:
    """Until when a slot of the eve runs; an end inside the skipped hour moves to the end of that hour."""
    end = slot.end - FULL_DAY
    return max(end, 180) if _changes_clock(day) and end >= 120 else end


def _replaced_slots(schedule: Schedule, day: date) -> Slots:
    """What weaker rules would have given that day."""
    weeks = [season.weekly for season in schedule.seasons if season.first <= day <= season.last]
    weeks += [] if isinstance(schedule.school_holidays, str) else [schedule.school_holidays]
    holiday = () if isinstance(schedule.public_holidays, str) else schedule.public_holidays
    return (*holiday, *(slot for week in (schedule.weekly, *weeks) for slot in week[day.weekday()]))


def _changes_clock(day: date) -> bool:
    return midnight(day.toordinal() + 1) - midnight(day.toordinal()) != FULL_DAY

"""What a reader would notice, in the coming weeks, between two versions of a permanence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise

from backend.permanences.calendar import day_hours
from backend.permanences.compile import WEEKS, compile_schedule
from backend.permanences.hours_words import UNKNOWN
from backend.permanences.paris_time import midnight
from backend.permanences.schedule import Schedule
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar
from backend.permanences.week_words import slots_words, stretch_words
from backend.words import WEEKDAYS, day_words

# From three times on, « le lundi » says it better than three dates.
A_HABIT = 3


@dataclass(frozen=True)
class ChangedDay:
    day: date
    before: str
    after: str


def changed_days(
    before: Schedule | None,
    after: Schedule | None,
    first: date,
    weeks: int = WEEKS,
    school: SchoolCalendar = ZONE_C,
) -> list[ChangedDay]:
    """The days of the coming weeks on which the contact can be reached at other times than before. Notes, reasons
    and other ways to write the same hours change nothing."""
    if _reach(before, first, weeks, school) == _reach(after, first, weeks, school):
        return []
    days = [first + timedelta(days) for days in range(7 * weeks)]
    told = [ChangedDay(day, _words(before, day, school), _words(after, day, school)) for day in days]
    return [change for change in told if change.before != change.after]


def unlike(
    before: Schedule | None,
    after: Schedule | None,
    first: date,
    since: int,
    weeks: int = WEEKS,
    school: SchoolCalendar = ZONE_C,
) -> tuple[int, int] | None:
    """The first and the last stretch, from the minute `since` on, in which the contact is reached otherwise than
    before: where the one begins and the other ends, in UTC minutes. None where what differs is over, or nothing does.
    `first`: the day of `since`; hours that are not known are unlike any."""
    old, new = (_answers(schedule, first, weeks, school) for schedule in (before, after))
    horizon = midnight(first.toordinal() + 7 * weeks)
    edges = sorted({since, horizon, *(edge for span in (*old, *new) for edge in span if since < edge < horizon)})
    found = [pair for pair in pairwise(edges) if _at(old, pair[0]) != _at(new, pair[0])]
    return (found[0][0], found[-1][1]) if found else None


def _answers(schedule: Schedule | None, first: date, weeks: int, school: SchoolCalendar) -> dict[tuple[int, int], str]:
    if schedule is None:
        return {(0, midnight(first.toordinal() + 7 * weeks)): UNKNOWN}
    compiled = compile_schedule(schedule, first, weeks, school)
    return {(start, start + length): compiled.state for start, length in compiled.intervals}


def _at(answers: dict[tuple[int, int], str], minute: int) -> str | None:
    return next((state for (start, end), state in answers.items() if start <= minute < end), None)


def change_lines(changes: list[ChangedDay]) -> list[str]:
    """« Le lundi : de 9 h à 12 h, au lieu de : fermé »; a change met once or twice is told with its dates, days that
    follow one another together."""
    alike: dict[tuple[str, str], list[date]] = defaultdict(list)
    for change in changes:
        alike[change.before, change.after].append(change.day)
    lines = []
    for (before, after), days in alike.items():
        for first, name in _names(days):
            lines.append((first, f"{name} : {after}, au lieu de : {before}"))
    return [line for _, line in sorted(lines)]


def _names(days: list[date]) -> Iterator[tuple[date, str]]:
    """Days on which one same thing changes, as few names as tell them all; each with its first day."""
    runs = [[day for _, day in run] for _, run in groupby(enumerate(days), key=lambda at: at[1] - timedelta(at[0]))]
    if len(runs) < A_HABIT:
        yield from ((run[0], _run_words(run)) for run in runs)
        return
    for weekday in range(7):
        found = [day for day in days if day.weekday() == weekday]
        if len(found) >= A_HABIT:
            yield found[0], f"Le {WEEKDAYS[weekday]}"
        else:
            yield from ((day, _run_words([day])) for day in found)


def _run_words(run: list[date]) -> str:
    if len(run) > 1:
        words = stretch_words(run[0], run[-1])
        return words[:1].upper() + words[1:]
    return f"{WEEKDAYS[run[0].weekday()].capitalize()} {day_words(run[0])}"


def _reach(schedule: Schedule | None, first: date, weeks: int, school: SchoolCalendar) -> object:
    if schedule is None:
        return None
    compiled = compile_schedule(schedule, first, weeks, school)
    # Within the weeks only: what begins or ends beyond is not noticed yet.
    return compiled.state, [(start, min(start + length, compiled.ends)) for start, length in compiled.intervals]


def _words(schedule: Schedule | None, day: date, school: SchoolCalendar) -> str:
    if schedule is None:
        return UNKNOWN
    slots = day_hours(schedule, day, school).slots
    return f"sur rendez-vous {slots_words(slots)}" if slots and schedule.by_appointment else slots_words(slots)

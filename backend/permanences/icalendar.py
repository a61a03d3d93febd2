"""Permanences as a calendar file (RFC 5545): the usual week repeated up to a horizon, unusual days one by one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.permanences.calendar import day_hours
from backend.permanences.compile import WEEKS
from backend.permanences.paris_time import midnight, moment_of, utc_minute, utc_span, wall_minute
from backend.permanences.schedule import EMPTY_WEEK, FULL_DAY, Schedule, Slot
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar
from backend.permanences.text_lines import as_text, escape

ICAL_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
# The European rule since 1996 (directive 2000/84/CE): last Sundays of March and October, 01:00 UTC.
VTIMEZONE = """BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:DAYLIGHT
DTSTART:19960331T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
TZNAME:CEST
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
TZNAME:CET
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
END:VTIMEZONE""".splitlines()


@dataclass(frozen=True)
class CalendarText:
    """What the file says beside hours: a neutral title, the moment it was made, a prefix for the events' ids."""

    title: str
    stamp: datetime
    uid: str
    doubtful: bool = False  # the hours are to be confirmed: each event says so


def icalendar(
    schedule: Schedule, text: CalendarText, first: date, count: int = 7 * WEEKS, school: SchoolCalendar = ZONE_C
) -> str:
    """The text of an .ics file for `count` days from `first` on. It ends there: nothing is promised beyond."""
    days = [first + timedelta(number) for number in range(count)]
    events = _always(schedule, days, school) if schedule.always else _events(schedule, days, school)
    kind = "sur rendez-vous" if schedule.by_appointment else "joignable"
    if any(day_hours(schedule, day, school).unsure for day in days):
        kind += ", hors vacances scolaires"  # nobody has published them: these days may turn out to be among them
    kind = "horaires à vérifier" if text.doubtful else kind
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Appui//Permanences//FR", "CALSCALE:GREGORIAN", *VTIMEZONE]
    for number, event in enumerate(events):
        lines += ["BEGIN:VEVENT", f"UID:{text.uid}-{first:%Y%m%d}-{number}", f"DTSTAMP:{_utc(utc_minute(text.stamp))}"]
        lines += [*event, f"SUMMARY:{escape(f'{text.title} ({kind})')}", "TRANSP:TRANSPARENT", "END:VEVENT"]
    return as_text([*lines, "END:VCALENDAR"])


def _always(schedule: Schedule, days: list[date], school: SchoolCalendar) -> Iterator[list[str]]:
    """Whole days in a row as one event; days with an exception by their own slots."""
    start: date | None = None
    for day in [*days, days[-1] + timedelta(1)] if days else ():
        usual = day <= days[-1] and day_hours(schedule, day, school).rule == "always"
        if usual:
            start = start or day
        elif start:
            yield [_local("DTSTART", start, 0), _local("DTEND", day, 0)]
            start = None
        if not usual and day <= days[-1]:
            yield from _single(schedule, day, school)


def _events(schedule: Schedule, days: list[date], school: SchoolCalendar) -> Iterator[list[str]]:
    plain = {day: _is_plain(schedule, day, school) for day in days}
    for slot in dict.fromkeys(slot for slots in schedule.weekly for slot in slots):
        matching = [day for day in days if slot in schedule.weekly[day.weekday()]]
        if any(plain[day] for day in matching):
            yield _repeated(slot, matching, [day for day in matching if not plain[day]])
    for day in days:
        if not plain[day]:
            yield from _single(schedule, day, school)


def _repeated(slot: Slot, days: list[date], missing: list[date]) -> list[str]:
    """One event every week, up to the last day, but for the missing days; it starts on a day it takes place."""
    start = next(day for day in days if day not in missing)
    names = ",".join(ICAL_DAYS[weekday] for weekday in sorted({day.weekday() for day in days}))
    until = _utc(wall_minute(days[-1].toordinal(), slot.start, last=False))
    event = [_local("DTSTART", start, slot.start), _local("DTEND", start, slot.end)]
    event.append(f"RRULE:FREQ=WEEKLY;BYDAY={names};UNTIL={until}")
    return [*event, *(_local("EXDATE", day, slot.start) for day in missing if day > start)]


def _single(schedule: Schedule, day: date, school: SchoolCalendar) -> Iterator[list[str]]:
    """In UTC: a repeated or skipped hour then has one meaning."""
    for slot in day_hours(schedule, day, school).slots:
        span = utc_span(day.toordinal(), slot)
        if span:
            yield [f"DTSTART:{_utc(span[0])}", f"DTEND:{_utc(span[1])}"]


def _is_plain(schedule: Schedule, day: date, school: SchoolCalendar) -> bool:
    """The usual slots, and no change of clock while they last."""
    ordinal = day.toordinal()
    whole = midnight(ordinal + 2) - midnight(ordinal) == 2 * FULL_DAY
    return (
        whole
        and schedule.weekly != EMPTY_WEEK
        and (day_hours(schedule, day, school).slots == schedule.weekly[day.weekday()])
    )


def _local(name: str, day: date, minute: int) -> str:
    moment = day + timedelta(minute // FULL_DAY)
    return f"{name};TZID=Europe/Paris:{moment:%Y%m%d}T{minute % FULL_DAY // 60:02d}{minute % 60:02d}00"


def _utc(minute: int) -> str:
    return f"{moment_of(minute):%Y%m%dT%H%M%SZ}"

"""A permanence as an OpenStreetMap opening_hours value. https://wiki.openstreetmap.org/wiki/Key:opening_hours"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.permanences.schedule import AS_USUAL, CLOSED, EMPTY_WEEK, FULL_DAY, Schedule, Slots, Week, clock_text
from backend.permanences.school_holidays import SchoolCalendar

OSM_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
OSM_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
APPOINTMENT = "sur rendez-vous"
# OpenStreetMap keeps no longer value.
LONGEST_VALUE = 255


@dataclass(frozen=True)
class OsmHours:
    """`left_out` says in French what the value does not carry: empty, the value says everything."""

    text: str
    left_out: tuple[str, ...]

    @property
    def fits(self) -> bool:
        return len(self.text) <= LONGEST_VALUE


def osm_hours(schedule: Schedule, school: SchoolCalendar | None = None) -> OsmHours:
    """Rules from the weakest to the strongest: in OpenStreetMap the last one that names a day decides it.

    With `school`, school holidays are written as its dates instead of « SH », which readers know each in their way.
    """
    if schedule.always:
        rules = ["24/7"]
    elif schedule.never_open:
        rules = ["off"]
    else:
        rules = [*_usual_rules(schedule, school), *_season_rules(schedule), *_holiday_rules(schedule)] or ["off"]
    if not schedule.never_open:
        rules += _exception_rules(schedule)
    return OsmHours("; ".join(rules), tuple(_left_out(schedule, school)))


def _usual_rules(schedule: Schedule, school: SchoolCalendar | None) -> Iterator[str]:
    tail = _tail(schedule)
    yield from _week_rules("", schedule.weekly, tail)
    if schedule.school_holidays == AS_USUAL:
        return
    week = EMPTY_WEEK if isinstance(schedule.school_holidays, str) else schedule.school_holidays
    if schedule.school_holidays == CLOSED and not school:
        yield "SH off"
        return
    prefixes = [f"{stretch(found.first, found.last)} " for found in school.breaks] if school else ["SH "]
    for prefix in prefixes:
        yield from _whole_week(prefix, week, tail)


def _season_rules(schedule: Schedule) -> Iterator[str]:
    for season in schedule.seasons:
        yield from _whole_week(f"{stretch(season.first, season.last)} ", season.weekly, _tail(schedule))


def _holiday_rules(schedule: Schedule) -> Iterator[str]:
    if schedule.public_holidays != AS_USUAL:
        slots = () if isinstance(schedule.public_holidays, str) else schedule.public_holidays
        yield f"PH {_times(slots, _tail(schedule))}"


def _exception_rules(schedule: Schedule) -> Iterator[str]:
    for found in sorted(schedule.exceptions, key=lambda exception: exception.first):
        reason = _quotable(found.reason)
        # Without « open » before it, a comment makes readers of the format say « unknown ».
        verb = " open" if found.slots and reason and not schedule.by_appointment else ""
        comment = f' "{reason}"' if reason and not (found.slots and schedule.by_appointment) else ""
        yield f"{stretch(found.first, found.last)} {_times(found.slots, _tail(schedule))}{verb}{comment}"


def _left_out(schedule: Schedule, school: SchoolCalendar | None) -> Iterator[str]:
    if not schedule.always and schedule.school_holidays != AS_USUAL:
        if school:
            yield f"les vacances scolaires après le {school.known_until.isoformat()}"
        else:
            yield "les dates des vacances scolaires : chaque lecteur a les siennes, ou aucune"
    if any(slot.end > FULL_DAY for slot in schedule.all_slots()):
        yield "les heures après minuit, quand le jour suivant ou la veille suit une autre règle"
    for found in schedule.exceptions:
        if found.reason and (_quotable(found.reason) != found.reason or (found.slots and schedule.by_appointment)):
            yield f"le motif « {found.reason} »"
    if schedule.note:
        yield "la note"


def _tail(schedule: Schedule) -> str:
    return f' unknown "{APPOINTMENT}"' if schedule.by_appointment else ""


def _times(slots: Slots, tail: str = "") -> str:
    text = ",".join(f"{clock_text(slot.start)}-{clock_text(slot.end)}" for slot in slots)
    return f"{text}{tail}" if text else "off"


def _week_rules(prefix: str, week: Week, tail: str) -> Iterator[str]:
    """Each weekday in one rule alone, equal days together: no rule overrides another."""
    for slots in dict.fromkeys(slots for slots in week if slots):
        yield f"{prefix}{_days([day for day in range(7) if week[day] == slots])} {_times(slots, tail)}"


def _whole_week(prefix: str, week: Week, tail: str) -> Iterator[str]:
    """All seven days named, the closed ones too: a day left out would keep the usual hours."""
    yield from _week_rules(prefix, week, tail)
    closed = [day for day in range(7) if not week[day]]
    if closed:
        yield f"{prefix}{_days(closed)} off"


def _days(days: list[int]) -> str:
    """[0, 1, 2, 4] as « Mo-We,Fr »."""
    runs: list[list[int]] = []
    for day in days:
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(OSM_DAYS[run[0]] if len(run) == 1 else f"{OSM_DAYS[run[0]]}-{OSM_DAYS[run[-1]]}" for run in runs)


def stretch(first: date, last: date) -> str:
    """« 2026 Dec 24-2026 Dec 26 »: both years, so that no rule comes back each year."""
    return _day(first) if first == last else f"{_day(first)}-{_day(last)}"


def _day(day: date) -> str:
    return f"{day.year:04d} {OSM_MONTHS[day.month - 1]} {day.day:02d}"


def _quotable(reason: str | None) -> str:
    """The format has no escape: quotes are taken out, and semicolons, which some readers take for a new rule."""
    return (reason or "").replace('"', "").replace(";", ",").strip()

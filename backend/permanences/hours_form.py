"""The hours editor's fields: what was typed, kept as typed until it can be read.

Names are flat, as forms post them: `mo.0.start`, `mo.0.end`, `mo.0.next`; `season.1.first`, `season.1.tu.0.start`;
`exception.0.kind`, `exception.0.0.start`; `public`, `public.0.start`; `school`, `school.we.0.start`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend.permanences.hour_reading import hour_field
from backend.permanences.schedule import AS_USUAL, CLOSED, DAYS, FULL_DAY, Schedule, Slot, Slots, Week

OWN = "own"
SHUT, OPEN = "closed", "open"


@dataclass(frozen=True)
class SlotField:
    """One row. `next_day`: it ends on the morning after."""

    start: str = ""
    end: str = ""
    next_day: bool = False


DayFields = tuple[SlotField, ...]
WeekFields = tuple[DayFields, ...]
EMPTY_FIELDS: WeekFields = ((),) * 7


@dataclass(frozen=True)
class SeasonFields:
    first: str = ""
    last: str = ""
    week: WeekFields = EMPTY_FIELDS


@dataclass(frozen=True)
class ExceptionFields:
    """`kind` says whether hours are awaited: a row left empty must never turn an opening into a closure."""

    kind: str = SHUT
    first: str = ""
    last: str = ""
    slots: DayFields = ()
    reason: str = ""


@dataclass(frozen=True)
class HoursForm:
    always: bool = False
    by_appointment: bool = False
    week: WeekFields = EMPTY_FIELDS
    seasons: tuple[SeasonFields, ...] = ()
    exceptions: tuple[ExceptionFields, ...] = ()
    public: str = CLOSED  # CLOSED, AS_USUAL or OWN
    public_slots: DayFields = ()
    school: str = AS_USUAL
    school_week: WeekFields = EMPTY_FIELDS
    note: str = ""
    begins: str = ""  # dated ahead: the day from which it holds; empty for now


def form_of(schedule: Schedule) -> HoursForm:
    """The fields of a schedule; reading them gives the same one."""
    public, school = schedule.public_holidays, schedule.school_holidays
    return HoursForm(
        always=schedule.always,
        by_appointment=schedule.by_appointment,
        week=_week_fields(schedule.weekly),
        seasons=tuple(SeasonFields(str(s.first), str(s.last), _week_fields(s.weekly)) for s in schedule.seasons),
        exceptions=tuple(
            ExceptionFields(OPEN if e.slots else SHUT, str(e.first), str(e.last), _day_fields(e.slots), e.reason or "")
            for e in schedule.exceptions
        ),
        public=public if isinstance(public, str) else OWN,
        public_slots=() if isinstance(public, str) else _day_fields(public),
        school=school if isinstance(school, str) else OWN,
        school_week=EMPTY_FIELDS if isinstance(school, str) else _week_fields(school),
        note=schedule.note or "",
    )


def _week_fields(week: Week) -> WeekFields:
    return tuple(_day_fields(slots) for slots in week)


def _day_fields(slots: Slots) -> DayFields:
    return tuple(_slot_field(slot) for slot in slots)


def _slot_field(slot: Slot) -> SlotField:
    night = slot.end > FULL_DAY
    return SlotField(hour_field(slot.start), hour_field(slot.end - FULL_DAY if night else slot.end), night)


def read_fields(posted: Mapping[str, str]) -> HoursForm:
    """What a browser sent, in any order; numbers of rows may skip."""
    return HoursForm(
        always=posted.get("always") == "1",
        by_appointment=posted.get("by_appointment") == "1",
        week=_read_week(posted, ""),
        seasons=tuple(
            SeasonFields(posted.get(f"{place}.first", ""), posted.get(f"{place}.last", ""), _read_week(posted, place))
            for place in _rows(posted, "season")
        ),
        exceptions=tuple(_read_exception(posted, place) for place in _rows(posted, "exception")),
        public=_choice(posted, "public", CLOSED),
        public_slots=_read_day(posted, "public"),
        school=_choice(posted, "school", AS_USUAL),
        school_week=_read_week(posted, "school"),
        note=posted.get("note", "").replace("\r\n", "\n"),
        begins=posted.get("begins", ""),
    )


def day_place(place: str, day: int) -> str:
    """Where the rows of a weekday are: "mo", "season.0.mo", "school.mo"."""
    return f"{place}.{DAYS[day]}" if place else DAYS[day]


def posted_fields(form: HoursForm) -> dict[str, str]:
    """The form as a browser posts it: the other side of `read_fields`."""
    pairs = dict(_posted_week(form.week, ""))
    for number, season in enumerate(form.seasons):
        place = f"season.{number}"
        pairs |= {f"{place}.first": season.first, f"{place}.last": season.last} | dict(_posted_week(season.week, place))
    for number, found in enumerate(form.exceptions):
        place = f"exception.{number}"
        pairs |= {f"{place}.kind": found.kind, f"{place}.first": found.first, f"{place}.last": found.last}
        pairs |= {f"{place}.reason": found.reason} | dict(_posted_day(found.slots, place))
    pairs |= dict(_posted_day(form.public_slots, "public")) | dict(_posted_week(form.school_week, "school"))
    pairs |= {"public": form.public, "school": form.school, "note": form.note, "begins": form.begins}
    flags = {"always": form.always, "by_appointment": form.by_appointment}
    return pairs | {name: "1" for name, on in flags.items() if on}


def _rows(posted: Mapping[str, str], place: str) -> list[str]:
    """The rows under a place, in their order: season.0, season.2."""
    pattern = re.compile(re.escape(place) + r"\.([0-9]{1,3})\..+")
    numbers = {int(match[1]) for name in posted if (match := pattern.fullmatch(name))}
    return [f"{place}.{number}" for number in sorted(numbers)]


def _read_day(posted: Mapping[str, str], place: str) -> DayFields:
    return tuple(
        SlotField(posted.get(f"{row}.start", ""), posted.get(f"{row}.end", ""), posted.get(f"{row}.next") == "1")
        for row in _rows(posted, place)
    )


def _read_week(posted: Mapping[str, str], place: str) -> WeekFields:
    return tuple(_read_day(posted, day_place(place, day)) for day in range(7))


def _read_exception(posted: Mapping[str, str], place: str) -> ExceptionFields:
    first, last, reason = (posted.get(f"{place}.{name}", "") for name in ("first", "last", "reason"))
    kind = OPEN if posted.get(f"{place}.kind") == OPEN else SHUT
    return ExceptionFields(kind, first, last, _read_day(posted, place), reason)


def _choice(posted: Mapping[str, str], name: str, usual: str) -> str:
    value = posted.get(name, usual)
    return value if value in (CLOSED, AS_USUAL, OWN) else usual


def _posted_week(week: WeekFields, place: str) -> Iterator[tuple[str, str]]:
    for day, fields in enumerate(week):
        yield from _posted_day(fields, day_place(place, day))


def _posted_day(fields: DayFields, place: str) -> Iterator[tuple[str, str]]:
    for number, field in enumerate(fields):
        yield f"{place}.{number}.start", field.start
        yield f"{place}.{number}.end", field.end
        if field.next_day:
            yield f"{place}.{number}.next", "1"

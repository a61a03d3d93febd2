"""What the buttons of the hours editor do to its fields, on the server as on a page without script.

An action is a verb and a place: "add mo", "remove mo.0", "split season.0.tu.1", "copy we", "season", "closure",
"opening", "drop exception.2".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from backend.permanences.hour_reading import read_hour
from backend.permanences.hours_form import (
    OPEN,
    DayFields,
    ExceptionFields,
    HoursForm,
    SeasonFields,
    SlotField,
    WeekFields,
)
from backend.permanences.schedule import DAYS

LUNCH = (12 * 60, 14 * 60)
LUNCH_FIELDS = ("12h", "14h")
_PLACE = re.compile(
    r"(?:(season)\.([0-9]{1,3})\.|(school)\.)?(mo|tu|we|th|fr|sa|su)|(public)|(exception)\.([0-9]{1,3})"
)
_ROW = re.compile(r"(.+)\.([0-9]{1,3})")


def act(form: HoursForm, action: str, posted: Mapping[str, str]) -> HoursForm:
    """The form after a button; an unknown action, or one on a row that is not there, changes nothing."""
    verb, _, place = action.partition(" ")
    row = _ROW.fullmatch(place)
    if verb in ("season", "closure", "opening"):
        return _with_stretch(form, verb)
    if verb == "drop" and row:
        return _without_stretch(form, row[1], int(row[2]))
    if verb == "add":
        return _change_day(form, place, lambda day: (*day, SlotField()))
    if verb == "copy":
        return _copy(form, place, posted)
    if verb in ("remove", "split") and row:
        number = int(row[2])
        change = _removing if verb == "remove" else _splitting
        return _change_day(form, row[1], lambda day: change(day, number))
    return form


def copy_name(place: str, day: int) -> str:
    """The box that says « copy there too »."""
    return f"copy.{place}.{DAYS[day]}"


def _with_stretch(form: HoursForm, verb: str) -> HoursForm:
    if verb == "season":
        # The usual week is nearer to a season's hours than nothing.
        return replace(form, seasons=(*form.seasons, SeasonFields(week=form.week)))
    fresh = ExceptionFields() if verb == "closure" else ExceptionFields(OPEN, slots=(SlotField(),))
    return replace(form, exceptions=(*form.exceptions, fresh))


def _without_stretch(form: HoursForm, kind: str, number: int) -> HoursForm:
    if kind == "season":
        return replace(form, seasons=form.seasons[:number] + form.seasons[number + 1 :])
    if kind == "exception":
        return replace(form, exceptions=form.exceptions[:number] + form.exceptions[number + 1 :])
    return form


def _removing(day: DayFields, number: int) -> DayFields:
    return day[:number] + day[number + 1 :]


def _splitting(day: DayFields, number: int) -> DayFields:
    """Around lunch where the slot spans it; elsewhere the middle is left to write."""
    if number >= len(day):
        return day
    slot = day[number]
    start, end = read_hour(slot.start), read_hour(slot.end, ends=True)
    spans = start is not None and end is not None and start < LUNCH[0] and (end > LUNCH[1] or slot.next_day)
    first, second = LUNCH_FIELDS if spans else ("", "")
    halves = (SlotField(slot.start, first), SlotField(second, slot.end, slot.next_day))
    return day[:number] + halves + day[number + 1 :]


def _copy(form: HoursForm, place: str, posted: Mapping[str, str]) -> HoursForm:
    """A day's rows put in the place of those of the days ticked, in the same week."""
    source = day_at(form, place)
    if source is None or place in ("public",) or place.startswith("exception"):
        return form
    before = place[: -len(DAYS[0])]
    for day in range(7):
        if posted.get(copy_name(place, day)) == "1":
            form = _change_day(form, before + DAYS[day], lambda _: source)
    return form


def day_at(form: HoursForm, place: str) -> DayFields | None:
    """The rows at a place; None where there is no such place."""
    found: list[DayFields] = []
    _change_day(form, place, lambda day: found.append(day) or day)  # type: ignore[func-returns-value]
    return found[0] if found else None


def _change_day(form: HoursForm, place: str, change: Callable[[DayFields], DayFields]) -> HoursForm:
    match = _PLACE.fullmatch(place)
    if match is None:
        return form
    season, number, school, day, public, exception, row = match.groups()
    if public:
        return replace(form, public_slots=change(form.public_slots))
    if exception:
        return _change_exception(form, int(row), change)
    if season:
        return _change_season(form, int(number), DAYS.index(day), change)
    if school:
        return replace(form, school_week=_change_week(form.school_week, DAYS.index(day), change))
    return replace(form, week=_change_week(form.week, DAYS.index(day), change))


def _change_exception(form: HoursForm, number: int, change: Callable[[DayFields], DayFields]) -> HoursForm:
    if number >= len(form.exceptions):
        return form
    found = form.exceptions[number]
    changed = replace(found, slots=change(found.slots))
    return replace(form, exceptions=(*form.exceptions[:number], changed, *form.exceptions[number + 1 :]))


def _change_season(form: HoursForm, number: int, day: int, change: Callable[[DayFields], DayFields]) -> HoursForm:
    if number >= len(form.seasons):
        return form
    found = form.seasons[number]
    changed = replace(found, week=_change_week(found.week, day, change))
    return replace(form, seasons=(*form.seasons[:number], changed, *form.seasons[number + 1 :]))


def _change_week(week: WeekFields, day: int, change: Callable[[DayFields], DayFields]) -> WeekFields:
    return tuple(change(fields) if number == day else fields for number, fields in enumerate(week))


def made_field(form: HoursForm, action: str) -> str:
    """The name of the field that an action has just made, where typing goes on; "" where it made none."""
    verb, _, place = action.partition(" ")
    if verb == "season":
        return f"season.{len(form.seasons) - 1}.first"
    if verb in ("closure", "opening"):
        return f"exception.{len(form.exceptions) - 1}.first"
    day = day_at(form, place) if verb == "add" else None
    if day:
        return f"{place}.{len(day) - 1}.start"
    return f"{place}.end" if verb == "split" else ""

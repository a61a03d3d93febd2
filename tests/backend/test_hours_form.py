"""The hours editor without a page: fields to a schedule and back, what is refused, what each button does."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.permanences.calendar import day_hours
from backend.permanences.dated_change import begin_on, refusal
from backend.permanences.hour_reading import read_day, read_hour, read_ranges
from backend.permanences.hours_actions import act, copy_name, day_at
from backend.permanences.hours_form import HoursForm, SlotField, form_of, posted_fields, read_fields
from backend.permanences.hours_form_reading import read_hours
from backend.permanences.hours_warnings import warnings
from backend.permanences.schedule import Schedule, Slot, schedule_json
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.school_holidays import SchoolBreak, SchoolCalendar
from tests.backend import hours_table
from tests.backend.random_schedules import FIRST, random_schedule

TYPED = yaml.safe_load((Path(__file__).parent / "hours_typed.yaml").read_text())
NOTED = {"weekly": {"mo": [["09:00", "12:00"]]}, "by_appointment": True, "note": "Frappez.\nDeuxième étage."}


def again(schedule: Schedule) -> Schedule:
    """Shown in the editor, posted by a browser, read."""
    reading = read_hours(read_fields(posted_fields(form_of(schedule))))
    assert reading.faults == {}
    return reading.schedule


@pytest.mark.parametrize("name", [name for name, found in hours_table.schedules().items() if found])
def test_each_schedule_of_the_truth_table_comes_back_from_the_form(name: str) -> None:
    schedule = hours_table.schedules()[name]
    assert schedule is not None
    assert again(schedule) == schedule


def test_notes_and_appointments_come_back_too() -> None:
    assert again(schedule_from_json(NOTED)) == schedule_from_json(NOTED)


@settings(deadline=None)
@given(st.integers(min_value=0))
def test_any_schedule_comes_back_from_the_form(seed: int) -> None:
    schedule = schedule_from_json(schedule_json(random_schedule(Random(seed))))
    assert again(schedule) == schedule


@pytest.mark.parametrize(("typed", "name", "words"), TYPED)
def test_a_fault_is_told_beside_its_field_and_nothing_is_lost(typed: dict[str, str], name: str, words: str) -> None:
    form = read_fields(typed)
    reading = read_hours(form)
    assert words.lower() in reading.faults[name].lower()
    assert typed.items() <= posted_fields(form).items()


def test_enough_mistakes_are_tried() -> None:
    assert len(TYPED) >= 60


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(sorted({n for typed, _, _ in TYPED for n in typed})), st.text(max_size=12)))
def test_whatever_is_typed_gives_a_schedule_its_reader_takes_or_a_fault(typed: dict[str, str]) -> None:
    reading = read_hours(read_fields(typed))
    assert reading.faults or schedule_from_json(schedule_json(reading.schedule)) == reading.schedule


@pytest.mark.parametrize(
    ("text", "minute"),
    [("9", 540), ("9h", 540), ("9 h", 540), ("9H", 540), ("09:00", 540), ("9:00", 540), ("9 h 30", 570), ("9h30", 570),
     ("9.30", 570), ("0930", 570), ("09h30min", 570), ("9 heures", 540), ("midi", 720), ("26:00", 1560), ("26h", 1560),
     ("  18h30  ", 1110), ("9\u00a0h\u00a030", 570), ("0h", 0), ("minuit", 0), ("1 heure", 60)],
)  # fmt: skip
def test_hours_are_read_as_people_type_them(text: str, minute: int) -> None:
    assert read_hour(text) == minute


@pytest.mark.parametrize("text", ["0h", "00:00", "minuit", "24h", "24:00"])
def test_what_ends_at_midnight_ends_with_the_day(text: str) -> None:
    assert read_hour(text, ends=True) == 1440


@pytest.mark.parametrize(
    "text",
    ["18h30-20h", "18h30 - 20h", "18h30 à 20h", "18:30–20:00", "de 18h30 à 20h", "18 h 30 — 20 h", "18h30 a 20h"],
)
def test_a_range_may_be_typed_in_one_field(text: str) -> None:
    pairs = read_ranges(text)
    assert pairs is not None
    assert [(read_hour(first), read_hour(last)) for first, last in pairs] == [(1110, 1200)]


def test_several_ranges_may_be_typed_in_one_field() -> None:
    typed = {"mo.0.start": "9h-12h, 14h-17h30", "tu.0.start": "9h-12h et 14h-17h30"}
    week = read_hours(read_fields(typed)).schedule.weekly
    assert week[0] == week[1] == (Slot(540, 720), Slot(840, 1050))


@pytest.mark.parametrize("text", ["2026-12-24", "24/12/2026", "24-12-2026", "24.12.2026", "24 décembre 2026"])
def test_days_are_read_as_people_type_them(text: str) -> None:
    assert read_day(text) == date(2026, 12, 24)


def test_a_night_is_written_either_way() -> None:
    ticked = read_fields({"fr.0.start": "22h", "fr.0.end": "2h", "fr.0.next": "1"})
    counted = read_fields({"fr.0.start": "22h", "fr.0.end": "26:00"})
    assert read_hours(ticked).schedule == read_hours(counted).schedule == Schedule(
        weekly=((), (), (), (), (Slot(1320, 1560),), (), ())
    )  # fmt: skip


FULL = read_fields(
    {
        "mo.0.start": "9h", "mo.0.end": "17h", "tu.0.start": "10h", "tu.0.end": "11h", "we.0.start": "13h",
        "we.0.end": "18h", "season.0.first": "2027-07-01", "season.0.mo.0.start": "9h", "season.0.mo.0.end": "10h",
        "exception.0.kind": "open", "exception.0.0.start": "8h", "exception.0.0.end": "9h",
        "public": "own", "public.0.start": "9h", "public.0.end": "10h",
        "school": "own", "school.mo.0.start": "9h", "school.mo.0.end": "10h",
    }
)  # fmt: skip
PLACES = ["mo", "th", "season.0.mo", "season.0.su", "exception.0", "public", "school.mo"]


@pytest.mark.parametrize("place", PLACES)
def test_a_slot_is_added_and_taken_away_wherever_hours_are(place: str) -> None:
    before = day_at(FULL, place)
    assert before is not None
    added = act(FULL, f"add {place}", {})
    assert day_at(added, place) == (*before, SlotField())
    assert act(added, f"remove {place}.{len(before)}", {}) == FULL


def test_a_slot_is_split_around_lunch() -> None:
    assert act(FULL, "split mo.0", {}).week[0] == (SlotField("9h", "12h"), SlotField("14h", "17h"))


def test_the_middle_of_a_short_slot_is_left_to_write() -> None:
    assert act(FULL, "split we.0", {}).week[2] == (SlotField("13h", ""), SlotField("", "18h"))


def test_a_day_is_copied_to_the_days_ticked_of_its_own_week() -> None:
    copied = act(FULL, "copy mo", {copy_name("mo", day): "1" for day in (1, 4)})
    assert copied.week[1] == copied.week[4] == FULL.week[0]
    assert (copied.week[2], copied.week[3], copied.seasons) == (FULL.week[2], (), FULL.seasons)
    season = act(FULL, "copy season.0.mo", {copy_name("season.0.mo", 6): "1"})
    assert season.seasons[0].week[6] == FULL.seasons[0].week[0]
    assert season.week == FULL.week


def test_seasons_and_exceptions_come_and_go() -> None:
    longer = act(act(act(FULL, "season", {}), "closure", {}), "opening", {})
    assert longer.seasons[1].week == FULL.week
    assert [found.kind for found in longer.exceptions] == ["open", "closed", "open"]
    fewer = act(act(act(longer, "drop season.1", {}), "drop exception.2", {}), "drop exception.1", {})
    assert fewer == FULL


@pytest.mark.parametrize(
    "action",
    ["", "add", "add xx", "add season.9.mo", "remove mo.7", "split mo.7", "split mo", "drop mo.0", "drop season.9",
     "copy public", "copy exception.0", "copy mo", "__class__", "add season.-1.mo", "save", "add exception.99"],
)  # fmt: skip
def test_a_button_that_means_nothing_changes_nothing(action: str) -> None:
    assert act(FULL, action, {copy_name("public", 1): "1"}) == FULL


DAY = date(2026, 11, 24)
WEEKDAYS = {day: [["09:00", "12:00"]] for day in ("mo", "tu", "we", "th", "fr")}


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ({}, "Aucune plage"),
        ({"always": True}, "24\u00a0h/24"),
        ({"weekly": {"mo": [["08:00", "21:00"]]}}, "plus de 12\u00a0heures"),
        ({"weekly": {"fr": [["22:00", "26:00"]]}}, "plage de nuit"),
        ({"weekly": {"fr": [["05:00", "08:00"]]}}, "plage de nuit"),
        ({"weekly": WEEKDAYS, "public_holidays": "as_usual"}, "le 25\u00a0décembre 2026 (Noël) compris"),
        ({"weekly": WEEKDAYS, "school_holidays": "closed"}, "hors vacances scolaires"),
        ({"weekly": WEEKDAYS, "exceptions": [{"from": "2026-11-02", "until": "2026-11-03", "slots": []}]}, "passée"),
        (
            {"weekly": WEEKDAYS, "exceptions": [{"from": "2027-01-02", "until": "2027-11-03", "slots": []}]},
            "trois mois",
        ),
        (
            {"weekly": WEEKDAYS, "seasons": [{"from": "2026-07-02", "until": "2026-08-03", "weekly": WEEKDAYS}]},
            "passée",
        ),
        ({"weekly": WEEKDAYS, "seasons": [{"from": "2027-07-02", "until": "2027-08-03", "weekly": {}}]}, "sans aucune"),
    ],
)
def test_the_unusual_is_warned_about(written: dict[str, object], words: str) -> None:
    assert [line for line in warnings(schedule_from_json(written), DAY) if words in line]


def test_an_ordinary_week_is_not_warned_about() -> None:
    assert warnings(schedule_from_json({"weekly": WEEKDAYS}), DAY) == []


LONG = {day: [["09:00", "23:00"]] for day in ("mo", "tu", "we")}


def test_what_readers_know_already_is_not_warned_about_again() -> None:
    usual = {"weekly": LONG, "public_holidays": "as_usual", "school_holidays": "closed"}
    before = schedule_from_json(usual)
    assert warnings(before, DAY, before) == []
    shorter = schedule_from_json(usual | {"weekly": LONG | {"mo": [["09:00", "12:00"]]}})
    assert warnings(shorter, DAY, before) == []
    longer = schedule_from_json(usual | {"weekly": LONG | {"th": [["09:00", "23:00"]]}})
    assert [line[:8] for line in warnings(longer, DAY, before)] == ["Le jeudi"]
    assert warnings(Schedule(), DAY, before)


BREAKS = [(date(2025, 12, 20), date(2026, 1, 4)), (date(2026, 7, 4), date(2026, 8, 31))]
KNOWN = SchoolCalendar(
    "C", "", FIRST, FIRST + timedelta(900), tuple(SchoolBreak("", first, last) for first, last in BREAKS)
)


@settings(deadline=None)
@given(st.integers(min_value=0), st.integers(0, 200), st.integers(0, 366))
def test_a_change_dated_ahead_holds_from_its_day_and_not_before(seed: int, start: int, wait: int) -> None:
    random, today = Random(seed), FIRST + timedelta(start)
    before, after = random_schedule(random), random_schedule(random)
    begins = today + timedelta(wait)
    if refusal(before, after, today, begins):
        assert before.always != after.always
        return
    made = schedule_from_json(schedule_json(begin_on(before, after, today, begins, KNOWN)))
    for number in range(-20, 420):
        day = today + timedelta(number)
        if day >= today:
            expected = before if day < begins else after
            assert day_hours(made, day, KNOWN).slots == day_hours(expected, day, KNOWN).slots, day


@pytest.mark.parametrize("begins", [DAY - timedelta(1), DAY + timedelta(400)])
def test_a_change_cannot_begin_in_the_past_nor_years_ahead(begins: date) -> None:
    assert refusal(Schedule(), Schedule(), DAY, begins)


def test_what_no_day_can_hold_is_not_dated() -> None:
    ordinary = HoursForm()
    assert refusal(read_hours(ordinary).schedule, Schedule(by_appointment=True), DAY, DAY + timedelta(3))

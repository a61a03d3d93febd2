"""Days and minutes: holidays against facts.md, precedence, nights when the clock changes, weeks compiled."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

import pytest

from backend.permanences.calendar import day_hours
from backend.permanences.compile import compile_schedule, contract_intervals
from backend.permanences.device_hours import DeviceHours, device_hours, device_json
from backend.permanences.hours_words import sentence, standing
from backend.permanences.opening import state_at
from backend.permanences.paris_time import PARIS, moment_of, utc_minute, wall_minute
from backend.permanences.public_holidays import ALSACE_MOSELLE_AFTER_EASTER, easter, public_holidays
from backend.permanences.schedule import AS_USUAL, Schedule, Slot
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.school_holidays import ZONE_C, expiry_warning
from tests.backend.hours_table import schedules
from tests.backend.random_schedules import random_schedule

TODAY = date(2026, 11, 23)
# facts.md E5, then computed elsewhere: Easter Monday, Ascension, Whit Monday.
MOVING = {
    2026: ("04-06", "05-14", "05-25"),
    2027: ("03-29", "05-06", "05-17"),
    2028: ("04-17", "05-25", "06-05"),
    2029: ("04-02", "05-10", "05-21"),
    2030: ("04-22", "05-30", "06-10"),
    2031: ("04-14", "05-22", "06-02"),
    2032: ("03-29", "05-06", "05-17"),
}
FIXED = ("01-01", "05-01", "05-08", "07-14", "08-15", "11-01", "11-11", "12-25")


@pytest.mark.parametrize("year", MOVING)
def test_public_holidays_are_those_of_the_facts(year: int) -> None:
    expected = {date.fromisoformat(f"{year}-{day}") for day in (*MOVING[year], *FIXED)}
    assert set(public_holidays(year)) == expected
    assert len(expected) == 11


def test_two_holidays_may_share_a_day() -> None:
    assert len(public_holidays(2008)) == 10  # Ascension on 1 May


def test_alsace_moselle_has_two_more() -> None:
    more = set(public_holidays(2027, alsace_moselle=True)) - set(public_holidays(2027))
    assert more == {date(2027, 3, 26), date(2027, 12, 26)}
    assert ALSACE_MOSELLE_AFTER_EASTER[0][1] == "Vendredi saint"


@pytest.mark.parametrize(("year", "day"), [(1818, "03-22"), (1943, "04-25"), (2000, "04-23"), (2038, "04-25")])
def test_easter_at_its_ends(year: int, day: str) -> None:
    assert easter(year) == date.fromisoformat(f"{year}-{day}")


def test_school_holidays_are_known_for_a_time_and_say_so() -> None:
    assert ZONE_C.is_holiday(date(2025, 10, 18))
    assert ZONE_C.is_holiday(date(2025, 11, 2))
    assert not ZONE_C.is_holiday(date(2025, 11, 3))
    assert not ZONE_C.knows(TODAY)
    assert "2026-03-09" in (expiry_warning(ZONE_C, TODAY) or "")
    assert "sont connues jusqu’au" in (expiry_warning(ZONE_C, date(2026, 2, 1)) or "")
    assert expiry_warning(ZONE_C, date(2025, 9, 15)) is None


def test_each_rule_gives_way_to_the_next() -> None:
    day = date(2025, 12, 25)  # a Thursday, in the school holidays
    thursday = {"th": [["09:00", "10:00"]]}
    written = {
        "weekly": thursday,
        "school_holidays": {"th": [["11:00", "12:00"]]},
        "seasons": [{"from": "2025-12-25", "until": "2025-12-25", "weekly": {"th": [["13:00", "14:00"]]}}],
        "public_holidays": [["15:00", "16:00"]],
        "exceptions": [{"from": "2025-12-25", "until": "2025-12-25", "slots": [["17:00", "18:00"]], "reason": "x"}],
    }
    found = []
    for dropped in ("exceptions", "public_holidays", "seasons", "school_holidays", None):
        hours = day_hours(schedule_from_json(written), day)
        found.append((hours.rule, hours.slots[0].start // 60, hours.reason))
        written = {**written, dropped: AS_USUAL} if dropped == "public_holidays" else written
        written = {key: value for key, value in written.items() if key != dropped or value == AS_USUAL}
    assert found == [
        ("exception", 17, "x"),
        ("public_holiday", 15, "jour férié"),
        ("season", 13, "horaires de saison"),
        ("school_holiday", 11, "vacances scolaires"),
        ("weekly", 9, None),
    ]


@pytest.mark.parametrize(
    ("wall", "last", "utc"),
    [
        ("2026-10-25 01:59", False, "2026-10-24 23:59"),
        ("2026-10-25 02:00", False, "2026-10-25 00:00"),
        ("2026-10-25 02:00", True, "2026-10-25 01:00"),
        ("2026-10-25 02:59", True, "2026-10-25 01:59"),
        ("2026-10-25 03:00", False, "2026-10-25 02:00"),
        ("2027-03-28 01:59", True, "2027-03-28 00:59"),
        ("2027-03-28 02:00", False, "2027-03-28 01:00"),
        ("2027-03-28 02:30", False, "2027-03-28 01:00"),
        ("2027-03-28 02:30", True, "2027-03-28 01:00"),
        ("2027-03-28 03:00", True, "2027-03-28 01:00"),
    ],
)
def test_the_wall_clock_in_the_nights_it_changes(wall: str, last: bool, utc: str) -> None:
    moment = datetime.fromisoformat(wall)
    found = wall_minute(moment.toordinal(), moment.hour * 60 + moment.minute, last)
    assert moment_of(found) == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_day_and_night_is_one_interval_over_the_weeks() -> None:
    compiled = compile_schedule(Schedule(always=True), TODAY)
    assert contract_intervals(compiled) == [[compiled.begins, 84 * 1440, "open"]]
    assert compiled.endless


def test_a_schedule_without_slots_is_closed_for_ever() -> None:
    moment = datetime(2026, 11, 23, 10, tzinfo=PARIS)
    assert state_at(Schedule(), moment).state == "closed"
    assert state_at(Schedule(), moment).next is None
    assert compile_schedule(Schedule(), TODAY).intervals == ()


def test_intervals_are_in_order_and_apart() -> None:
    for seed in range(200):
        compiled = compile_schedule(random_schedule(Random(seed)), TODAY)
        ends = compiled.begins - 1
        for start, length in compiled.intervals:
            assert start > ends
            assert length > 0
            ends = start + length


def test_a_phone_and_the_server_agree_on_every_minute() -> None:
    """Ten thousand minutes, over the weeks kept, both changes of clock among them."""
    random = Random(39)
    for first in (date(2026, 9, 21), date(2027, 2, 15), TODAY, date(2025, 12, 1)):
        for _ in range(25):
            schedule = random_schedule(random)
            hours = device_hours(compile_schedule(schedule, first))
            for _ in range(100):
                minute = random.randrange(hours.compiled.begins, hours.compiled.ends)
                told = state_at(schedule, moment_of(minute))
                state, until, following = standing(hours, minute)
                assert state == told.state
                if not hours.compiled.endless:
                    assert until == (utc_minute(told.until) if told.until else None)
                    assert following == (utc_minute(told.next) if told.next else None)


def test_the_answer_does_not_depend_on_where_the_question_comes_from() -> None:
    schedule = schedules()["office"]
    moment = datetime(2026, 11, 23, 10, tzinfo=PARIS)
    zones = [UTC, PARIS, timezone(timedelta(hours=-11)), timezone(timedelta(hours=14))]
    assert len({state_at(schedule, moment.astimezone(zone)) for zone in zones}) == 1
    known = os.environ.get("TZ")
    try:
        for zone in ("Pacific/Niue", "Pacific/Kiritimati"):
            os.environ["TZ"] = zone
            time.tzset()
            assert state_at(schedule, moment).state == "open"
            assert sentence(_office(), utc_minute(moment)).startswith("ouvert, ferme à 12")
    finally:
        os.environ.pop("TZ") if known is None else os.environ.update(TZ=known)
        time.tzset()


def _office() -> DeviceHours:
    schedule = schedules()["office"]
    assert schedule is not None
    return device_hours(compile_schedule(schedule, TODAY))


@pytest.mark.parametrize("moment", [datetime.min, datetime.max, datetime(2026, 11, 23)])  # noqa: DTZ001, DTZ901
def test_a_moment_without_a_zone_is_refused(moment: datetime) -> None:
    with pytest.raises(ValueError, match="décalage"):
        state_at(Schedule(always=True), moment)


@pytest.mark.parametrize("year", [1, 1969, 9999])
def test_a_moment_out_of_the_calendar_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="de 1970 à 9998"):
        state_at(Schedule(always=True), datetime(year, 6, 1, tzinfo=UTC))


@pytest.mark.parametrize("year", [1970, 1976, 2100, 5000, 9998])
def test_any_date_of_the_calendar_is_answered(year: int) -> None:
    for schedule in schedules().values():
        for month in (1, 3, 7, 12):
            assert state_at(schedule, datetime(year, month, 28, 12, tzinfo=UTC)).state


def test_a_far_exception_is_found() -> None:
    once = {"from": "2150-05-04", "until": "2150-05-04", "slots": [["09:00", "10:00"]]}
    told = state_at(schedule_from_json({"exceptions": [once]}), datetime(2026, 11, 23, tzinfo=UTC))
    assert told.next == datetime(2150, 5, 4, 9, tzinfo=PARIS)
    closed = schedule_from_json({"always": True, "exceptions": [{**once, "slots": []}]})
    assert state_at(closed, datetime(2026, 11, 23, tzinfo=UTC)).until == datetime(2150, 5, 4, tzinfo=PARIS)


@pytest.mark.parametrize("slots", [[], [["00:00", "24:00"]], [["09:00", "33:00"]]])
def test_an_exception_without_end_in_sight_is_answered(slots: list[list[str]]) -> None:
    forever = [{"from": "0001-01-01", "until": "9999-12-31", "slots": slots}]
    for written in ({"always": True, "exceptions": forever}, {"exceptions": forever}):
        told = state_at(schedule_from_json(written), datetime(2026, 11, 23, 12, tzinfo=PARIS))
        assert (told.state, told.until) == ("open" if slots else "closed", None)


def test_a_night_before_a_far_exception_ends_when_it_was_due() -> None:
    """Every day from 9 to 9: the last night before a closed day runs on to 9 in the morning."""
    weekly = {day: [["09:00", "33:00"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}
    exceptions = [{"from": "2030-05-06", "until": "2030-05-06", "slots": []}]
    schedule = schedule_from_json({"weekly": weekly, "public_holidays": "as_usual", "exceptions": exceptions})
    told = state_at(schedule, datetime(2026, 11, 23, 12, tzinfo=PARIS))
    assert told.until == datetime(2030, 5, 6, 9, tzinfo=PARIS)
    assert told.next == datetime(2030, 5, 7, 9, tzinfo=PARIS)
    assert state_at(replace(schedule, exceptions=()), datetime(2026, 11, 23, 12, tzinfo=PARIS)).until is None


def test_a_usual_schedule_is_small_and_quick() -> None:
    schedule = schedules()["office"]
    assert schedule is not None
    compile_schedule(schedule, TODAY)
    times = []
    for _ in range(20):
        began = time.thread_time()
        hours = device_hours(compile_schedule(schedule, TODAY))
        times.append(time.thread_time() - began)
    assert min(times) <= 0.002
    assert len(json.dumps(device_json(hours), separators=(",", ":"), ensure_ascii=False).encode()) <= 2_000
    assert Slot(540, 720) in schedule.weekly[0]


def test_an_opening_at_the_last_midnight_is_promised_not_kept() -> None:
    compiled = compile_schedule(schedule_from_json({"weekly": {"mo": [["00:00", "24:00"]]}}), TODAY)
    assert compiled.after == compiled.ends
    assert compiled.intervals[-1][0] < compiled.ends


def test_only_days_that_school_holidays_would_change_are_unsure() -> None:
    same = {"tu": [["09:00", "12:00"]]}
    schedule = schedule_from_json({"weekly": {**same, "we": [["14:00", "17:00"]]}, "school_holidays": same})
    compiled = compile_schedule(schedule, TODAY, weeks=1)
    assert compiled.unsure == ((20782, 20782),)  # Wednesday 25 November 2026

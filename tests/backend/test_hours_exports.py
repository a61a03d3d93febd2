"""What we export, read again, gives the same open minutes; and it is well formed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from random import Random

import pytest

from backend.permanences.compile import compile_schedule
from backend.permanences.icalendar import CalendarText, icalendar
from backend.permanences.opening import day_spans
from backend.permanences.osm import osm_hours
from backend.permanences.osm_import import NO_HOLIDAYS, schedule_from_osm
from backend.permanences.schedule import AS_USUAL, Schedule
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.schema_org import opening_hours_json
from backend.permanences.school_holidays import ZONE_C
from backend.permanences.vcard import NEUTRAL_NAME, vcard
from tests.backend.differences_explained import Walls, merged
from tests.backend.hours_table import cases, schedules
from tests.backend.random_schedules import random_schedule
from tests.backend.reimport import calendar_events, calendar_walls, clipped, schema_walls

TEXT = CalendarText("Accueil", datetime(2026, 11, 23, 10, tzinfo=UTC), "3018")
# A quiet winter, both changes of clock, a year's end.
STARTS = (date(2026, 11, 23), date(2026, 9, 7), date(2027, 2, 1), date(2025, 10, 6))
WEEKS = 12
KNOWN = [(name, schedule) for name, schedule in schedules().items() if schedule]
RANDOM = [(f"random {seed}", random_schedule(Random(seed))) for seed in range(60)]

# School holidays are refused at import, on purpose: tested in test_schedule.py.
IMPORTABLE = [(name, schedule) for name, schedule in KNOWN + RANDOM if schedule.school_holidays == AS_USUAL]


def _name(value: object) -> str:
    return value if isinstance(value, str) else ""


def _ours(schedule: Schedule, first: date) -> Walls:
    compiled = compile_schedule(schedule, first, WEEKS)
    return merged([(start, start + length) for start, length in compiled.intervals])


@pytest.mark.parametrize(("name", "schedule"), KNOWN + RANDOM, ids=_name)
def test_the_calendar_says_the_same_minutes(name: str, schedule: Schedule) -> None:
    for first in STARTS:
        text = icalendar(schedule, TEXT, first, 7 * WEEKS)
        told = clipped(calendar_walls(text), first, 7 * WEEKS)
        assert told == clipped(_beginning_within(schedule, first), first, 7 * WEEKS)


def _beginning_within(schedule: Schedule, first: date) -> Walls:
    """Our minutes, less the end of a night begun before the first day: exports begin on that day."""
    days = range(first.toordinal(), first.toordinal() + 7 * WEEKS)
    return merged([span for day in days for span in day_spans(schedule, day, ZONE_C)])


@pytest.mark.parametrize(("name", "schedule"), KNOWN + RANDOM, ids=_name)
def test_schema_org_says_the_same_minutes(name: str, schedule: Schedule) -> None:
    for first in STARTS:
        written = opening_hours_json(schedule, first, WEEKS)
        if schedule.by_appointment:
            assert written == {}
            continue
        told = clipped(schema_walls(written, first, 7 * WEEKS), first, 7 * WEEKS)
        assert told == clipped(_beginning_within(schedule, first), first, 7 * WEEKS)


@pytest.mark.parametrize(("name", "schedule"), IMPORTABLE, ids=_name)
def test_openstreetmap_gives_the_schedule_back(name: str, schedule: Schedule) -> None:
    reading = schedule_from_osm(osm_hours(schedule).text)
    assert _comparable(reading.schedule) == _comparable(schedule)
    assert not reading.remarks or (reading.remarks == (NO_HOLIDAYS,) and schedule.public_holidays == AS_USUAL)


def _comparable(schedule: Schedule) -> Schedule:
    order = tuple(sorted(schedule.seasons, key=lambda season: season.first))
    return replace(schedule, note=None, seasons=order)


def test_every_case_of_the_truth_table_holds_in_the_calendar_and_in_openstreetmap() -> None:
    """The state at each moment, from the exports read again."""
    asked = 0
    for case in cases():
        schedule = schedules()[case.schedule]
        if schedule is None or schedule.school_holidays != AS_USUAL or case.moment.year > 2100:
            continue
        again = schedule_from_osm(osm_hours(schedule).text).schedule
        first = date.fromordinal(case.moment.date().toordinal() - 7)
        minute = int(case.moment.timestamp()) // 60
        for walls in (calendar_walls(icalendar(schedule, TEXT, first, 7 * WEEKS)), _ours(again, first)):
            open_now = any(start <= minute < end for start, end in walls)
            assert open_now == (case.state in ("open", "appointment")), case.line
        asked += 1
    assert asked >= 150


def test_what_openstreetmap_cannot_say_is_told() -> None:
    school = osm_hours(schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}, "school_holidays": "closed"}))
    assert school.text == "Mo 09:00-12:00; SH off; PH off"
    assert any("vacances scolaires" in words for words in school.left_out)
    quoted = {"from": "2026-12-24", "until": "2026-12-24", "slots": [], "reason": 'fermé "exprès"; vraiment'}
    told = osm_hours(schedule_from_json({"always": True, "exceptions": [quoted]}))
    assert told.text == '24/7; 2026 Dec 24 off "fermé exprès, vraiment"'
    assert any("motif" in words for words in told.left_out)
    night = osm_hours(schedule_from_json({"weekly": {"fr": [["22:00", "26:00"]]}}))
    assert any("après minuit" in words for words in night.left_out)
    assert osm_hours(schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}})).left_out == ()


HOSTILE = (
    "a\r\nEND:VCALENDAR",
    "a;b,c\\d",
    "é" * 80,
    "<script>alert(1)</script>",
    "😀" * 30,
    "a\x00\x1bb",
    "BEGIN:VEVENT",
)


@pytest.mark.parametrize("title", HOSTILE)
def test_texts_stay_texts(title: str) -> None:
    schedule = schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}})
    calendar = icalendar(schedule, CalendarText(title, TEXT.stamp, "3018"), STARTS[0])
    card = vcard("phone", "3018", title, note=title)
    for text, end in ((calendar, "END:VCALENDAR"), (card, "END:VCARD")):
        assert text.endswith(f"{end}\r\n")
        assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
        assert [line for line in text.split("\r\n") if line == end] == [end]
        assert "\x00" not in text
    events = calendar_events(calendar)
    assert len(events) == len([event for event in events if "SUMMARY" in event])


def test_a_calendar_names_its_zone_and_repeats_no_exception() -> None:
    schedule = schedules()["year_end"]
    assert schedule is not None
    text = icalendar(schedule, TEXT, STARTS[0])
    assert text.count("BEGIN:VTIMEZONE") == 1
    assert "DTSTART;TZID=Europe/Paris:" in text
    assert text.count("EXDATE;TZID=Europe/Paris:") == 10  # ten working days of closing, Christmas and New Year within
    assert len({event["UID"][0] for event in calendar_events(text)}) == len(calendar_events(text))
    assert len(text) < 4_000


def test_a_card_has_a_neutral_name() -> None:
    assert vcard("phone", "3018") == (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{NEUTRAL_NAME}\r\nN:{NEUTRAL_NAME};;;;\r\nTEL;TYPE=VOICE:3018\r\nEND:VCARD\r\n"
    )
    assert "TEL;TYPE=text:114" in vcard("sms", "114", version="4.0")
    assert "URL:https://3018.fr/a,b" in vcard("chat", "https://3018.fr/a,b")
    assert "ADR:;;3 rue Victor-Hugo\\, Cergy;;;;" in vcard("visit", "3 rue Victor-Hugo, Cergy")
    with pytest.raises(ValueError, match=r"2\.1"):
        vcard("phone", "3018", version="2.1")

"""Whatever is sent as a schedule, it is refused with sentences or it works: never another error."""

from __future__ import annotations

import copy
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from backend.permanences.compile import compile_schedule
from backend.permanences.differences import change_lines, changed_days
from backend.permanences.icalendar import CalendarText, icalendar
from backend.permanences.opening import state_at
from backend.permanences.osm import osm_hours
from backend.permanences.osm_import import schedule_from_osm
from backend.permanences.osm_traps import OsmRefusedError
from backend.permanences.schedule import Schedule
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.schema_org import opening_hours_json
from backend.permanences.week_words import coming_lines, hours_text
from backend.records import ContentError
from tests.backend.test_schedule import CONTRACT, OSM

TODAY, NOW = date(2026, 11, 23), datetime(2026, 11, 23, 10, tzinfo=UTC)
JUNK: tuple[Any, ...] = (
    None, True, False, 0, -1, 3.5, 10**30, "", "x", "closed", "as_usual", "09:00", "24:00", "2026-12-24", "9999-12-31",
    "0001-01-01", [], [[]], [["00:00", "24:00"]], [["09:00", "33:00"]], {}, {"mo": [["22:00", "26:00"]]}, "\ud800",
    [None], {"": None}, "é" * 10_000, [[["09:00", "12:00"]]] * 3,
)  # fmt: skip


def _spoilt(random: Random) -> Any:
    value: Any = copy.deepcopy(CONTRACT)
    for _ in range(random.randint(1, 3)):
        parent: Any = value
        while True:
            keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            if not keys:
                break
            key = random.choice(keys)
            if isinstance(parent[key], (dict, list)) and random.random() < 0.7:
                parent = parent[key]
                continue
            parent[key] = copy.deepcopy(random.choice(JUNK))
            break
    return value


def _use(schedule: Schedule) -> None:
    assert state_at(schedule, NOW).state in ("open", "appointment", "closed")
    compile_schedule(schedule, TODAY)
    change_lines(changed_days(Schedule(), schedule, TODAY))
    icalendar(schedule, CalendarText("x", NOW, "x"), TODAY)
    opening_hours_json(schedule, TODAY)
    assert osm_hours(schedule).text
    assert hours_text(schedule) + "".join(coming_lines(schedule, TODAY))


def test_spoilt_schedules() -> None:
    random, taken = Random(3), 0
    told: list[str] = []
    for _ in range(3_000):
        try:
            schedule = schedule_from_json(_spoilt(random))
        except ContentError as refused:
            told.append(str(refused))
            continue
        taken += 1
        if taken % 5 == 0:
            _use(schedule)
    assert 100 < taken < 2_900
    assert all(words.strip() and words.encode() for words in told)


def test_spoilt_osm_values() -> None:
    random, taken = Random(4), 0
    told: list[str] = []
    texts = [text for text, _ in OSM] + ["Mo-Fr 09:00-12:00,14:00-17:30; PH off; 2026 Dec 24-2026 Dec 26 off", "24/7"]
    for _ in range(5_000):
        letters = list(random.choice(texts))
        for _ in range(random.randint(0, 2)):
            letters.insert(random.randint(0, len(letters)), random.choice('0123456789:;,- MoPH"off[]é'))
        try:
            _use(schedule_from_osm("".join(letters)).schedule)
            taken += 1
        except OsmRefusedError as refused:
            told.append(str(refused))
    assert taken > 10
    assert all(told)

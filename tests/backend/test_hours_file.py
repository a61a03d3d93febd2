"""The file of hours that phones keep: small, whole, and the same words as from each schedule alone."""

from __future__ import annotations

import json
from datetime import date

from backend.permanences.hours_file import hours_file
from backend.permanences.schedule import Schedule
from backend.permanences.schedule_reading import schedule_from_json

DAY = date(2026, 11, 23)
WEEK = schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]], "fr": [["22:00", "26:00"]]}})


def test_usual_values_are_left_out() -> None:
    found = json.loads(hours_file({"a": Schedule(always=True), "b": WEEK}, DAY))
    assert found["contacts"]["a"] == {"spans": [0, found["ends"] - found["begins"]], "endless": True}
    assert set(found["contacts"]["b"]) == {"spans", "after", "closed"}


def test_a_far_opening_takes_its_own_offset_along() -> None:
    """In winter the file must already know that July is two hours ahead."""
    summer = schedule_from_json(
        {"seasons": [{"from": "2027-07-05", "until": "2027-07-30", "weekly": {"mo": [["09:00", "12:00"]]}}]}
    )
    found = json.loads(hours_file({"summer": summer}, DAY))
    after = found["contacts"]["summer"]["after"]
    assert [after, 120] in found["clock"]
    assert found["clock"] == sorted(found["clock"])


def test_a_day_published_twice_gives_the_same_bytes() -> None:
    assert hours_file({"b": WEEK}, DAY) == hours_file({"b": WEEK}, DAY)
    assert hours_file({"b": WEEK}, DAY) != hours_file({"b": WEEK}, date(2026, 11, 24))

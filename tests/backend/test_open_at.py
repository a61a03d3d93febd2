"""Moments as programs write them, and who answers then: the same truth table as everywhere else."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from backend.offline.companions import Directory, open_body
from backend.permanences.moment_reading import read_moment
from backend.permanences.public_json import utc_text
from tests.backend.hours_table import cases, schedules
from tests.backend.test_freshness import ASSOCIATION, CONTACT

TODAY = date(2026, 11, 23)
DIRECTORY = Directory(
    {name: replace(CONTACT, id=name, schedule=schedule) for name, schedule in schedules().items()},
    {"a": ASSOCIATION},
    "Ici",
    1,
    TODAY,
    "https://example.org",
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2026-11-23T10:00:00+01:00", "2026-11-23T09:00:00Z"),
        ("2026-11-23T10:00:00 01:00", "2026-11-23T09:00:00Z"),  # a « + » nobody encoded
        ("2026-11-23t09:00:00z", "2026-11-23T09:00:00Z"),
        ("2026-11-23 09:00:00Z", "2026-11-23T09:00:00Z"),
        ("2026-11-23T09:00:00.123456789012Z", "2026-11-23T09:00:00Z"),
        ("2026-11-23T09:00:00-00:00", "2026-11-23T09:00:00Z"),
        ("2026-11-23T09:00:00-23:59", "2026-11-24T08:59:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"),
        ("1970-01-02T00:00:00Z", "1970-01-02T00:00:00Z"),
        ("9998-12-30T22:00:00Z", "9998-12-30T22:00:00Z"),
        ("2028-02-29T00:00:00Z", "2028-02-29T00:00:00Z"),
    ],
)
def test_a_moment_is_read(written: str, expected: str) -> None:
    assert utc_text(read_moment(written)) == expected


@pytest.mark.parametrize(
    "written",
    [
        "", " ", "now", "2026", "2026-11-23", "2026-11-23T10:00", "2026-11-23T10:00:00", "20261123T100000Z",
        "2026-02-30T00:00:00Z", "2027-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-23T24:00:00Z",
        "2026-11-23T10:60:00Z", "2026-11-23T10:00:61Z", "2026-11-23T10:00:60Z", "2026-11-23T23:59:60+01:00",
        "2026-11-23T10:00:00+24:00", "2026-11-23T10:00:00+01:60", "2026-11-23T10:00:00+0100", "2026-11-23T10:00:00+1",
        "0000-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z",
        "9999-12-31T23:59:60Z", "9999-12-31T23:59:59-23:59", "-2026-11-23T10:00:00Z", "12026-11-23T10:00:00Z",
        "２０２６-11-23T10:00:00Z", "2026-11-23T10:00:00Z\n", "2026-11-23T10:00:00Z\x00", "\ufffd", "1763892000",
        "2026-11-23T10:00:00." + "9" * 100_000 + "Z", "9" * 1_000_000, "2026-W48-1T10:00:00Z", "2026-327T10:00:00Z",
        "2026-11-23T10:00:00[Europe/Paris]", "<script>", "2026-11-23T10:00:00,5Z",
    ],
)  # fmt: skip
def test_another_is_refused_in_words(written: str) -> None:
    with pytest.raises(ValueError, match=r"« at »|calendrier"):
        read_moment(written)


def test_the_truth_table_through_the_api() -> None:
    for case in cases():
        body = json.loads(open_body(DIRECTORY, case.moment, TODAY).body)
        assert body["at"] == utc_text(case.moment)
        told = next(item for item in body["contacts"] if item["id"] == case.schedule)
        assert told == {
            "id": case.schedule,
            "state": case.state,
            "until": utc_text(case.until),
            "next": utc_text(case.next),
        }, case.line


def test_a_closed_organisation_has_no_hours_any_more() -> None:
    closed = replace(ASSOCIATION, closed_on=TODAY, successors=("3018",))
    body = json.loads(
        open_body(replace(DIRECTORY, organisations={"a": closed}), datetime(2026, 11, 23, tzinfo=UTC), TODAY).body
    )
    assert {item["state"] for item in body["contacts"]} == {"unknown"}

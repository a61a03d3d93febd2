"""Readers of what we export, written from the standards: open stretches in UTC minutes over some days."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

from backend.permanences.paris_time import PARIS, midnight, utc_minute, utc_span
from backend.permanences.schedule import FULL_DAY, Slot
from tests.backend.differences_explained import Walls, merged

DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def clipped(walls: Walls, first: date, days: int) -> Walls:
    begins, ends = midnight(first.toordinal()), midnight(first.toordinal() + days)
    return merged([(max(start, begins), min(end, ends)) for start, end in walls if start < ends and end > begins])


def schema_walls(written: dict[str, list[dict[str, Any]]], first: date, days: int) -> Walls:
    """Special days replace usual ones; a slot belongs to the day it opens."""
    found: Walls = []
    for day in (first + timedelta(days) for days in range(days)):
        special = [
            item
            for item in written.get("specialOpeningHoursSpecification", [])
            if item["validFrom"] <= day.isoformat() <= item["validThrough"]
        ]
        name = f"https://schema.org/{DAY_NAMES[day.weekday()]}"
        usual = [item for item in written.get("openingHoursSpecification", []) if name in item["dayOfWeek"]]
        for slot in filter(None, (_schema_slot(item) for item in special or usual)):
            span = utc_span(day.toordinal(), slot)
            found += [span] if span else []
    return merged(found)


def _schema_slot(item: dict[str, Any]) -> Slot | None:
    opens, closes = (int(item[key][:2]) * 60 + int(item[key][3:]) for key in ("opens", "closes"))
    if opens == closes == 0:
        return None
    if (opens, closes) == (0, FULL_DAY - 1):
        return Slot(0, FULL_DAY)
    if closes == opens - 1:
        return Slot(opens, opens + FULL_DAY)
    return Slot(opens, closes if closes > opens else closes + FULL_DAY)


def calendar_events(text: str) -> list[dict[str, list[str]]]:
    """Each event's properties, unfolded: name → values as written, parameters dropped."""
    events: list[dict[str, list[str]]] = []
    inside = False
    for line in text.replace("\r\n ", "").split("\r\n"):
        name, _, value = line.partition(":")
        if line == "BEGIN:VEVENT":
            inside = True
            events.append({})
        elif line == "END:VEVENT":
            inside = False
        elif inside:
            events[-1].setdefault(name.split(";")[0], []).append(value)
    return events


def calendar_walls(text: str) -> Walls:
    found: Walls = []
    for event in calendar_events(text):
        start, end = (_moment(event[name][0]) for name in ("DTSTART", "DTEND"))
        starts = _occurrences(start, event["RRULE"][0]) if "RRULE" in event else [start]
        missing = {_moment(value) for value in event.get("EXDATE", [])}
        found += [(_minute(moment), _minute(moment + (end - start))) for moment in starts if moment not in missing]
    return merged(found)


def _occurrences(start: datetime, rule: str) -> list[datetime]:
    found = re.fullmatch(r"FREQ=WEEKLY;BYDAY=([A-Z,]+);UNTIL=(\d{8}T\d{6}Z)", rule)
    assert found, rule
    names, until = found[1].split(","), _moment(found[2])
    days = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
    moments = [start]
    # On the wall clock: the same hour every week, whatever the season.
    while _minute(moments[-1] + timedelta(1)) <= _minute(until):
        moments.append(moments[-1] + timedelta(1))
    return [moment for moment in moments if days[moment.weekday()] in names]


def _moment(written: str) -> datetime:
    """A wall-clock moment without zone, or one in UTC when it ends with Z."""
    moment = datetime.strptime(written.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - zone told by the file
    return moment.replace(tzinfo=UTC) if written.endswith("Z") else moment


def _minute(moment: datetime) -> int:
    return utc_minute(moment if moment.tzinfo else moment.replace(tzinfo=PARIS))

"""The hours of one contact as a phone keeps them: small JSON, integers only, no time zone needed.

    {"begins": 29712180, "ends": 29833140,  UTC minutes: outside, a phone claims nothing
     "clock": [[29712180, 60]],             from that UTC minute on, Paris is so many minutes ahead
     "state": "open",                       or "appointment": what every span offers
     "spans": [480, 180, 120, 210, …],      gap, length, gap, length… in minutes; the first gap counts from "begins"
     "endless": false,                      true: the last span goes on for more than a week after "ends"
     "after": 29833620,                     first opening from "ends" on; null: none
     "closed": [[20811, 20813, "…"]],       Paris days since 1970-01-01 (both included) shut by a rule, and why
     "unsure": [[20780, 20863]]}            days whose school holidays nobody has published yet

A contact without hours has null.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from backend.permanences.compile import Compiled
from backend.permanences.paris_time import paris_offset
from backend.permanences.schedule import FULL_DAY


@dataclass(frozen=True)
class DeviceHours:
    """Compiled hours, with the wall clock of Paris over the same weeks as (UTC minute, minutes ahead)."""

    compiled: Compiled
    clock: tuple[tuple[int, int], ...]

    def wall(self, minute: int) -> int:
        """The wall-clock minute in Paris since 1970-01-01 00:00 there."""
        ahead = self.clock[0][1]
        for start, offset in self.clock:
            if start <= minute:
                ahead = offset
        return minute + ahead


def device_hours(compiled: Compiled) -> DeviceHours:
    """`compiled` with the changes of clock over its weeks, and the offset of a far opening."""
    clock = _clock(compiled.begins - 2 * FULL_DAY, compiled.ends + 8 * FULL_DAY)
    # The wall clock is not asked for between `ends` and a far opening: one more entry is enough.
    far = compiled.after if compiled.after and compiled.after > compiled.ends + 8 * FULL_DAY else None
    return DeviceHours(compiled, (*clock, (far, paris_offset(far))) if far else clock)


def device_json(hours: DeviceHours) -> dict[str, Any]:
    """The form of this module's docstring: give it to json.dumps with separators (",", ":")."""
    compiled = hours.compiled
    gaps: list[int] = []
    last = compiled.begins
    for start, length in compiled.intervals:
        gaps += [start - last, length]
        last = start + length
    return {
        "begins": compiled.begins,
        "ends": compiled.ends,
        "clock": [list(change) for change in hours.clock],
        "state": compiled.state,
        "spans": gaps,
        "endless": compiled.endless,
        "after": compiled.after,
        "closed": [list(run) for run in compiled.closed],
        "unsure": [list(run) for run in compiled.unsure],
    }


@lru_cache(maxsize=64)
def _clock(first: int, last: int) -> tuple[tuple[int, int], ...]:
    """Changes of the clock between two minutes: looked for day by day, then to the minute."""
    changes = [(first, paris_offset(first))]
    for minute in range(first + FULL_DAY, last + FULL_DAY, FULL_DAY):
        offset = paris_offset(minute)
        if offset != changes[-1][1]:
            changes.append((_change(minute - FULL_DAY, minute), offset))
    return tuple(changes)


def _change(before: int, after: int) -> int:
    known = paris_offset(before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if paris_offset(middle) == known else (before, middle)
    return after

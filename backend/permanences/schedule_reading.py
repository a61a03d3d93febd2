"""The contract's schedule, read and refused: every fault told, nothing guessed; slots left out are none."""

from __future__ import annotations

import json
from typing import Any

from backend.permanences.schedule import (
    AS_USUAL,
    CLOSED,
    EMPTY_WEEK,
    DatedException,
    Schedule,
    Season,
    Slots,
    Week,
)
from backend.permanences.slot_reading import Tell, overlap, read_days, read_slots, read_week
from backend.records import ContentError, Fault, Record

# Ten years of closing every week-end is more than anyone writes; a bound keeps compilation short.
MOST_STRETCHES = 400
LONGEST_NOTE = 300
LONGEST_REASON = 120
BESIDE_ALWAYS = ("weekly", "seasons", "public_holidays", "school_holidays", "by_appointment")


def read_schedule(record: Record) -> Schedule:
    """A schedule out of a record. Faults, in French, go to `record.faults`; with any, the result must not be used."""
    if not _is_text_whole(record.table):
        # Told without quoting it: what cannot be written in UTF-8 cannot be printed either.
        record.faults.append(Fault(record.file, 0, "caractère illisible : la moitié d’un signe Unicode"))
        return Schedule()
    always = _flag(record, "always")
    schedule = Schedule(
        always=always,
        weekly=_read_weekly(record),
        seasons=tuple(season for item in _stretches(record, "seasons") if (season := _read_season(item))),
        exceptions=tuple(found for item in _stretches(record, "exceptions") if (found := _read_exception(item))),
        public_holidays=_read_public_holidays(record),
        school_holidays=_read_school_holidays(record),
        by_appointment=_flag(record, "by_appointment"),
        note=record.optional_text("note", LONGEST_NOTE),
    )
    _check(schedule, record)
    record.finish()
    return schedule


def schedule_from_json(value: Any, file: str = "horaires") -> Schedule:
    """A schedule out of parsed JSON. Raises ContentError with every fault."""
    faults: list[Fault] = []
    if not isinstance(value, dict):
        raise ContentError([Fault(file, 0, 'un groupe de valeurs est attendu : {"weekly": {…}}')])
    schedule = read_schedule(Record(value, file, faults))
    if faults:
        raise ContentError(faults)
    return schedule


def _is_text_whole(table: dict[str, Any]) -> bool:
    """JSON lets half a sign through, which no file, page or terminal can hold."""
    try:
        json.dumps(table, ensure_ascii=False, skipkeys=True, default=str).encode()
    except UnicodeEncodeError:
        return False
    return True


def _tell(record: Record, key: str) -> Tell:
    return lambda message: record.fault(key, message)


def _flag(record: Record, key: str) -> bool:
    value = record.raw(key)
    if key in record.table and not isinstance(value, bool):
        record.fault(key, "true ou false est attendu")
    return value is True


def _stretches(record: Record, key: str) -> list[Record]:
    items = record.records(key) if key in record.table else []
    if len(items) > MOST_STRETCHES:
        record.fault(key, f"{len(items)} périodes, {MOST_STRETCHES} au plus")
        return []
    return items


def _read_season(record: Record) -> Season | None:
    days = read_days(record.raw("from"), record.raw("until"), _tell(record, "from"))
    weekly = _read_weekly(record)
    record.finish()
    return Season(days[0], days[1], weekly) if days else None


def _read_weekly(record: Record) -> Week:
    return read_week(record.raw("weekly"), _tell(record, "weekly")) if "weekly" in record.table else EMPTY_WEEK


def _read_exception(record: Record) -> DatedException | None:
    days = read_days(record.raw("from"), record.raw("until"), _tell(record, "from"))
    slots = read_slots(record.raw("slots"), _tell(record, "slots")) if "slots" in record.table else ()
    reason = record.optional_text("reason", LONGEST_REASON)
    if reason and "\n" in reason:
        record.fault("reason", "une seule ligne est attendue")
    record.finish()
    return DatedException(days[0], days[1], slots, reason) if days else None


def _read_public_holidays(record: Record) -> str | Slots:
    value = record.raw("public_holidays")
    if "public_holidays" not in record.table or value == CLOSED:
        return CLOSED
    if value == AS_USUAL:
        return AS_USUAL
    if isinstance(value, list):
        return read_slots(value, _tell(record, "public_holidays")) or CLOSED
    record.fault("public_holidays", "closed, as_usual ou une liste de plages est attendu")
    return CLOSED


def _read_school_holidays(record: Record) -> str | Week:
    value = record.raw("school_holidays")
    if "school_holidays" not in record.table or value == AS_USUAL:
        return AS_USUAL
    if value == CLOSED:
        return CLOSED
    if isinstance(value, dict):
        week = read_week(value, _tell(record, "school_holidays"))
        return CLOSED if week == EMPTY_WEEK else week
    record.fault("school_holidays", "as_usual, closed ou une table par jour est attendu")
    return AS_USUAL


def _check(schedule: Schedule, record: Record) -> None:
    for key, kind, stretches in (
        ("seasons", "saisons", schedule.seasons),
        ("exceptions", "exceptions", schedule.exceptions),
    ):
        shared = overlap([(stretch.first, stretch.last) for stretch in stretches])
        if shared:
            record.fault(key, f"deux {kind} se chevauchent du {shared[0]} au {shared[1]}")
    for key in BESIDE_ALWAYS if schedule.always else ():
        # « false » beside « always » says nothing else than its absence.
        if key in record.table and not (key == "by_appointment" and record.table[key] is False):
            record.fault(key, "ne va pas avec « always » : gardez « exceptions » et « note » seulement")

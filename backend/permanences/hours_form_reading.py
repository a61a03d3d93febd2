"""The editor's fields read as a schedule: each fault beside its field, in the words of the schedule's own reader."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

from backend.permanences.hour_reading import read_day, read_hour, read_ranges
from backend.permanences.hours_form import OPEN, OWN, DayFields, HoursForm, SlotField, WeekFields, day_place
from backend.permanences.schedule import (
    CLOSED,
    FULL_DAY,
    DatedException,
    Schedule,
    Season,
    Slot,
    Slots,
    Week,
    schedule_json,
)
from backend.permanences.schedule_reading import LONGEST_NOTE, LONGEST_REASON, schedule_from_json
from backend.permanences.slot_reading import MOST_SLOTS, overlap, slot_fault, slot_text
from backend.records import FORBIDDEN, ContentError

NO_HOUR = "n’est pas une heure ; écrivez 9h, 9h30 ou 9:30"
NO_DAY = "n’est pas une date ; écrivez 24/12/2026"
NEEDS_HOURS = "écrivez les heures d’ouverture"
WHOLE = ""  # where faults of the form as a whole are told


@dataclass
class Reading:
    """`faults`: name of a field → what to mend; `schedule` must not be used with any."""

    schedule: Schedule = field(default_factory=Schedule)
    begins: date | None = None
    faults: dict[str, str] = field(default_factory=dict)

    def tell(self, name: str, message: str) -> None:
        self.faults.setdefault(name, message[:1].upper() + message[1:])


def read_hours(form: HoursForm) -> Reading:
    """Everything checked; nothing guessed but what can mean one thing only."""
    reading = Reading()
    exceptions = _exceptions(form, reading)
    note = _text(form.note, "note", LONGEST_NOTE, reading, lines=True)
    if form.begins.strip():
        reading.begins = _day(form.begins, "begins", reading)
    if form.always:
        reading.schedule = Schedule(always=True, exceptions=exceptions, note=note)
    else:
        reading.schedule = replace(_ordinary(form, reading), exceptions=exceptions, note=note)
    if not reading.faults:
        _read_back(reading)
    return reading


def _ordinary(form: HoursForm, reading: Reading) -> Schedule:
    seasons = [_season(form, number, reading) for number in range(len(form.seasons))]
    _tell_overlap([(s.first, s.last) if s else None for s in seasons], "season", "saisons", reading)
    public: Any = _day_slots(form.public_slots, "public", reading) if form.public == OWN else form.public
    school: Any = _week(form.school_week, "school", reading) if form.school == OWN else form.school
    for name, words, empty in (
        ("public", "les heures des jours fériés", public == ()),
        ("school", "au moins une plage pour les vacances scolaires", school == ((),) * 7),
    ):
        if empty and not any(fault.startswith(f"{name}.") for fault in reading.faults):
            reading.tell(name, f"écrivez {words}, ou choisissez « Fermé »")
    return Schedule(
        weekly=_week(form.week, "", reading),
        seasons=tuple(season for season in seasons if season),
        public_holidays=public or CLOSED,
        school_holidays=school,
        by_appointment=form.by_appointment,
    )


def _read_back(reading: Reading) -> None:
    """The schedule's own reader has the last word: a schedule it refuses must never be saved."""
    try:
        reading.schedule = schedule_from_json(schedule_json(reading.schedule))
    except ContentError as error:
        for fault in error.faults:
            reading.tell(WHOLE, fault.message)


def _season(form: HoursForm, number: int, reading: Reading) -> Season | None:
    fields, place = form.seasons[number], f"season.{number}"
    days = _days(fields.first, fields.last, place, reading)
    week = _week(fields.week, place, reading)
    return Season(*days, week) if days else None


def _exceptions(form: HoursForm, reading: Reading) -> tuple[DatedException, ...]:
    found: list[DatedException | None] = []
    for number, fields in enumerate(form.exceptions):
        place = f"exception.{number}"
        days = _days(fields.first, fields.last, place, reading)
        slots = _day_slots(fields.slots, place, reading) if fields.kind == OPEN else ()
        if fields.kind == OPEN and not slots and not any(f.startswith(f"{place}.") for f in reading.faults):
            reading.tell(f"{place}.0.start", NEEDS_HOURS)
        reason = _text(fields.reason, f"{place}.reason", LONGEST_REASON, reading)
        found.append(DatedException(*days, slots, reason) if days else None)
    _tell_overlap([(e.first, e.last) if e else None for e in found], "exception", "exceptions", reading)
    return tuple(exception for exception in found if exception)


def _tell_overlap(stretches: list[tuple[date, date] | None], place: str, kind: str, reading: Reading) -> None:
    shared = overlap([stretch for stretch in stretches if stretch])
    if shared:
        number = max(n for n, stretch in enumerate(stretches) if stretch and stretch[0] == shared[0])
        reading.tell(
            f"{place}.{number}.first", f"deux {kind} se chevauchent du {_said(shared[0])} au {_said(shared[1])}"
        )


def _said(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def _days(first: str, last: str, place: str, reading: Reading) -> tuple[date, date] | None:
    """One day where the last is left out."""
    begin = _day(first, f"{place}.first", reading)
    end = _day(last, f"{place}.last", reading) if last.strip() else begin
    if begin is None or end is None:
        return None
    if end < begin:
        reading.tell(f"{place}.last", f"le dernier jour ({_said(end)}) vient avant le premier ({_said(begin)})")
        return None
    return begin, end


def _day(text: str, name: str, reading: Reading) -> date | None:
    found = read_day(text)
    if found is None:
        reading.tell(name, f"« {text.strip()[:20]} » {NO_DAY}" if text.strip() else "écrivez le premier jour")
    return found


def _text(text: str, name: str, longest: int, reading: Reading, lines: bool = False) -> str | None:
    if len(text) > longest:
        reading.tell(name, f"{len(text)} caractères, {longest} au plus")
    if not lines and "\n" in text:
        reading.tell(name, "une seule ligne est attendue")
    elif "\t" in text or FORBIDDEN.search(text):
        reading.tell(name, "un caractère qui ne se voit pas s’est glissé ici : réécrivez ce texte")
    return text.strip() or None


def _week(week: WeekFields, place: str, reading: Reading) -> Week:
    slots = [_day_slots(fields, day_place(place, day), reading) for day, fields in enumerate(week)]
    return (slots[0], slots[1], slots[2], slots[3], slots[4], slots[5], slots[6])


def _day_slots(fields: DayFields, place: str, reading: Reading) -> Slots:
    found = [(slot, number) for number, row in enumerate(fields) for slot in _slots(row, f"{place}.{number}", reading)]
    if len(found) > MOST_SLOTS:
        reading.tell(f"{place}.0.start", f"{len(found)} plages, {MOST_SLOTS} au plus pour un jour")
    found.sort()
    for (earlier, _), (later, number) in pairwise(found):
        if later.start < earlier.end:
            both = f"les plages {slot_text(earlier)} et {slot_text(later)} se chevauchent"
            reading.tell(f"{place}.{number}.start", both)
    return tuple(slot for slot, _ in found)


def _slots(row: SlotField, place: str, reading: Reading) -> Iterator[Slot]:
    """None of an empty row, several of a row where « 9h-12h, 14h-17h » was typed as one."""
    pairs = read_ranges(row.start) if row.start.strip() and not row.end.strip() else None
    for start, end in pairs or [(row.start, row.end)]:
        if start.strip() or end.strip() or row.next_day:
            slot = _slot(SlotField(start, end, row.next_day), place, reading)
            if slot:
                yield slot


def _slot(row: SlotField, place: str, reading: Reading) -> Slot | None:
    start, end = read_hour(row.start), read_hour(row.end, ends=True)
    for name, text, minute, missing in (
        ("start", row.start, start, "écrivez l’heure de début"),
        ("end", row.end, end, "écrivez l’heure de fin"),
    ):
        if minute is None:
            reading.tell(f"{place}.{name}", f"« {text.strip()[:20]} » {NO_HOUR}" if text.strip() else missing)
    if start is None or end is None:
        return None
    # 24 h of the next day is its midnight: « 0h » and « jusqu’au lendemain » say one and the same.
    slot = Slot(start, end + FULL_DAY if row.next_day and end < FULL_DAY else end)
    if fault := slot_fault(slot):
        box = " ou cochez « jusqu’au lendemain »" if slot.end < slot.start < FULL_DAY else ""
        reading.tell(f"{place}.{'start' if start >= FULL_DAY else 'end'}", fault + box)
        return None
    return slot

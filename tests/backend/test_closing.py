"""Closing for some days: every day of the stretch is shut, every other day is as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from random import Random

from backend.permanences.calendar import day_hours
from backend.permanences.closing import close_days
from backend.permanences.schedule import DatedException, Schedule, Slot, schedule_json
from backend.permanences.schedule_reading import schedule_from_json
from tests.backend.random_schedules import random_schedule

MORNING = (Slot(540, 720),)
OPEN = Schedule(always=True)


def _december(first: int, last: int, *, shut: bool = True, reason: str | None = None) -> DatedException:
    return DatedException(date(2026, 12, first), date(2026, 12, last), () if shut else MORNING, reason)


def _close(first: int, last: int, *written: DatedException) -> tuple[DatedException, ...]:
    schedule = replace(OPEN, exceptions=written)
    return close_days(schedule, date(2026, 12, first), date(2026, 12, last), "r").schedule.exceptions


def test_nothing_there() -> None:
    assert _close(24, 26) == (_december(24, 26, reason="r"),)


def test_a_closure_already_there_keeps_its_reason_and_the_rest_is_added_around() -> None:
    noel = _december(25, 26, reason="Noël")
    assert _close(23, 28, noel) == (_december(23, 24, reason="r"), noel, _december(27, 28, reason="r"))
    assert _close(26, 28, noel) == (noel, _december(27, 28, reason="r"))
    assert _close(20, 25, noel) == (_december(20, 24, reason="r"), noel)


def test_all_shut_already_changes_nothing() -> None:
    noel = _december(20, 31, reason="Noël")
    closing = close_days(replace(OPEN, exceptions=(noel,)), date(2026, 12, 24), date(2026, 12, 26), "r")
    assert (closing.added, closing.kept, closing.schedule.exceptions) == ((), (noel,), (noel,))


def test_exceptional_slots_within_are_replaced_and_kept_outside() -> None:
    mornings = _december(20, 30, shut=False, reason="matin")
    assert _close(24, 26, mornings) == (
        _december(20, 23, shut=False, reason="matin"),
        _december(24, 26, reason="r"),
        _december(27, 30, shut=False, reason="matin"),
    )
    closing = close_days(replace(OPEN, exceptions=(mornings,)), date(2026, 12, 28), date(2027, 1, 2), None)
    assert closing.replaced == (_december(28, 30, shut=False, reason="matin"),)


def test_the_end_of_the_calendar() -> None:
    last = DatedException(date(9999, 12, 30), date.max, MORNING)
    closing = close_days(replace(OPEN, exceptions=(last,)), date(9999, 1, 1), date.max, None)
    assert closing.schedule.exceptions == (DatedException(date(9999, 1, 1), date.max, ()),)


def test_any_schedule_any_stretch() -> None:
    random = Random(11)
    for _ in range(400):
        schedule = random_schedule(random)
        around = [found.first for found in schedule.exceptions] or [date(2026, 12, 1)]
        first = random.choice(around) + timedelta(random.randint(-20, 20))
        last = first + timedelta(random.randint(0, 30))
        closing = close_days(schedule, first, last, None)
        assert schedule_from_json(schedule_json(closing.schedule)) == closing.schedule  # nothing overlaps
        for day in (first + timedelta(days) for days in range(-30, 60)):
            after = day_hours(closing.schedule, day)
            if first <= day <= last:
                assert after.slots == ()
            else:
                assert after == day_hours(schedule, day)

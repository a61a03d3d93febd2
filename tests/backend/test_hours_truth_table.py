"""Every hand-written case, from the schedule itself and from the integers a phone keeps, however old they are."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backend.permanences.compile import compile_schedule
from backend.permanences.device_hours import DeviceHours, device_hours
from backend.permanences.hours_words import sentence, standing
from backend.permanences.opening import state_at
from backend.permanences.paris_time import FIRST_DAY, paris_day_of, utc_minute
from backend.words import NBSP
from tests.backend.hours_table import Case, cases, schedules

CASES = cases()


def _on_the_phone(case: Case, stored_days_ago: int) -> DeviceHours | None:
    schedule = schedules()[case.schedule]
    if schedule is None:
        return None
    first = max(FIRST_DAY, paris_day_of(utc_minute(case.moment)) - timedelta(stored_days_ago))
    return device_hours(compile_schedule(schedule, first))


def _minute(moment: datetime | None) -> int | None:
    return None if moment is None else utc_minute(moment)


def test_the_table_is_long_enough() -> None:
    assert len(CASES) >= 150
    assert len({case.line for case in CASES}) == len(CASES)
    assert {case.schedule for case in CASES} == set(schedules())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_the_schedule_says_so(case: Case) -> None:
    told = state_at(schedules()[case.schedule], case.moment)
    assert (told.state, told.until, told.next) == (case.state, case.until, case.next)


@pytest.mark.parametrize("stored_days_ago", [0, 1, 40, 83])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_a_phone_says_so(case: Case, stored_days_ago: int) -> None:
    hours = _on_the_phone(case, stored_days_ago)
    minute = utc_minute(case.moment)
    state, until, following = standing(hours, minute)
    assert state == case.state
    if hours is None or not hours.compiled.endless:
        assert (until, following) == (_minute(case.until), _minute(case.next))
    assert sentence(hours, minute).replace(NBSP, " ") == case.words


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.line)
def test_a_phone_claims_nothing_before_and_after_its_weeks(case: Case) -> None:
    for stored_days_ago in (-1, 84, 3_650):
        hours = _on_the_phone(case, stored_days_ago)
        assert sentence(hours, utc_minute(case.moment)) == "horaires à vérifier"

"""Schedules drawn by a seeded generator: the same ones on every machine."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from backend.permanences.schedule import (
    AS_USUAL,
    CLOSED,
    EMPTY_WEEK,
    FULL_DAY,
    DatedException,
    Schedule,
    Season,
    Slot,
    Slots,
    Week,
)

FIRST = date(2025, 10, 1)
DAYS = 730


def random_schedule(random: Random, school: bool = True) -> Schedule:
    """Any schedule the contract allows, nights and round-the-clock days included."""
    if random.random() < 0.03:
        return Schedule(always=True, exceptions=_exceptions(random))
    slots = _slots(random)
    policies: list[str | Week] = [AS_USUAL, AS_USUAL, CLOSED, _week(random)] if school else [AS_USUAL]
    return Schedule(
        weekly=_week(random),
        seasons=tuple(Season(first, last, _week(random)) for first, last in _stretches(random, 2, 70)),
        exceptions=_exceptions(random),
        public_holidays=random.choice([CLOSED, CLOSED, AS_USUAL, slots or CLOSED]),
        school_holidays=random.choice([CLOSED if policy == EMPTY_WEEK else policy for policy in policies]),
    )


def _exceptions(random: Random) -> tuple[DatedException, ...]:
    return tuple(DatedException(first, last, _slots(random)) for first, last in _stretches(random, 4, 6))


def _stretches(random: Random, most: int, longest: int) -> list[tuple[date, date]]:
    found: list[tuple[date, date]] = []
    for _ in range(random.randint(0, most)):
        first = FIRST + timedelta(random.randrange(DAYS - longest))
        last = first + timedelta(random.randrange(longest))
        if all(last < known[0] or first > known[1] for known in found):
            found.append((first, last))
    return sorted(found)


def _week(random: Random) -> Week:
    usual = _slots(random)
    days = [usual if random.random() < 0.6 else _slots(random) for _ in range(7)]
    return (days[0], days[1], days[2], days[3], days[4], days[5], days[6])


def _slots(random: Random) -> Slots:
    kind = random.random()
    if kind < 0.2:
        return ()
    if kind < 0.25:
        return (Slot(0, FULL_DAY),)
    marks = sorted(random.sample(range(0, FULL_DAY, 15), random.choice([2, 2, 4, 6])))
    slots = [Slot(start, end) for start, end in zip(marks[::2], marks[1::2], strict=True)]
    if random.random() < 0.2:
        last = slots.pop()
        slots.append(Slot(last.start, min(last.end + random.randrange(0, 600, 15), last.start + FULL_DAY)))
    return tuple(slots)

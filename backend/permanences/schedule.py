"""A permanence as people agree on it: weekly slots, seasons, exceptions, holidays. Shapes only, no clock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

DAYS = ("mo", "tu", "we", "th", "fr", "sa", "su")
FULL_DAY = 24 * 60
CLOSED = "closed"
AS_USUAL = "as_usual"


@dataclass(frozen=True, order=True)
class Slot:
    """From `start` to `end`, in minutes after the midnight its day begins with; above 1440 is the next morning."""

    start: int
    end: int


Slots = tuple[Slot, ...]
Week = tuple[Slots, Slots, Slots, Slots, Slots, Slots, Slots]
EMPTY_WEEK: Week = ((), (), (), (), (), (), ())


@dataclass(frozen=True)
class Season:
    """A week that stands in for the usual one, from the first to the last day, both included."""

    first: date
    last: date
    weekly: Week


@dataclass(frozen=True)
class DatedException:
    """Days unlike any other: their slots (none: shut) and, for people, why."""

    first: date
    last: date
    slots: Slots
    reason: str | None = None


@dataclass(frozen=True)
class Schedule:
    """Exception > public holiday > season > school holiday > weekly. Hours are those of Europe/Paris."""

    always: bool = False
    weekly: Week = EMPTY_WEEK
    seasons: tuple[Season, ...] = ()
    exceptions: tuple[DatedException, ...] = ()
    public_holidays: str | Slots = CLOSED  # CLOSED, AS_USUAL, or the slots of a public holiday
    school_holidays: str | Week = AS_USUAL  # AS_USUAL, CLOSED, or a week
    by_appointment: bool = False
    note: str | None = None

    @property
    def state(self) -> str:
        """What each of its slots offers: « open » or « appointment »."""
        return "appointment" if self.by_appointment else "open"

    def all_slots(self) -> Iterator[Slot]:
        """Every slot written anywhere: a schedule without any is always closed."""
        for week in (self.weekly, *(season.weekly for season in self.seasons)):
            for slots in week:
                yield from slots
        for exception in self.exceptions:
            yield from exception.slots
        if not isinstance(self.public_holidays, str):
            yield from self.public_holidays
        if not isinstance(self.school_holidays, str):
            for slots in self.school_holidays:
                yield from slots

    @property
    def never_open(self) -> bool:
        return not self.always and next(self.all_slots(), None) is None


def schedule_json(schedule: Schedule) -> dict[str, Any]:
    """The contract's form; reading it back gives the same schedule."""
    exceptions = [_exception_json(exception) for exception in schedule.exceptions]
    if schedule.always:
        return {"always": True, "exceptions": exceptions, "note": schedule.note}
    return {
        "always": False,
        "weekly": week_json(schedule.weekly),
        "seasons": [
            {"from": season.first.isoformat(), "until": season.last.isoformat(), "weekly": week_json(season.weekly)}
            for season in schedule.seasons
        ],
        "exceptions": exceptions,
        "public_holidays": _policy_json(schedule.public_holidays),
        "school_holidays": schedule.school_holidays
        if isinstance(schedule.school_holidays, str)
        else week_json(schedule.school_holidays),
        "by_appointment": schedule.by_appointment,
        "note": schedule.note,
    }


def clock_text(minute: int) -> str:
    """570 as 09:30, 1560 as 26:00."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def slots_json(slots: Slots) -> list[list[str]]:
    return [[clock_text(slot.start), clock_text(slot.end)] for slot in slots]


def week_json(week: Week) -> dict[str, list[list[str]]]:
    return {name: slots_json(slots) for name, slots in zip(DAYS, week, strict=True) if slots}


def _policy_json(policy: str | Slots) -> str | list[list[str]]:
    return policy if isinstance(policy, str) else slots_json(policy)


def _exception_json(exception: DatedException) -> dict[str, Any]:
    return {
        "from": exception.first.isoformat(),
        "until": exception.last.isoformat(),
        "slots": slots_json(exception.slots),
        "reason": exception.reason,
    }

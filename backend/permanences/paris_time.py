"""The clock on the wall in France against UTC minutes, summer time included."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from backend.permanences.schedule import FULL_DAY, Slot

PARIS = ZoneInfo("Europe/Paris")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
# Before, minutes since the epoch are negative; after, Python's calendar ends.
FIRST_DAY = date(1970, 1, 2)
LAST_DAY = date(9998, 12, 31)


def utc_minute(moment: datetime) -> int:
    """Whole minutes since the epoch. Raises ValueError for a moment without a zone or out of FIRST_DAY–LAST_DAY."""
    if moment.tzinfo is None:
        raise ValueError("l’heure doit dire son décalage : 2026-11-23T10:00:00+01:00")
    seconds = int((moment - EPOCH).total_seconds() // 1)
    if not midnight(FIRST_DAY.toordinal()) <= seconds // 60 < midnight(LAST_DAY.toordinal()):
        raise ValueError("cette date est hors du calendrier : de 1970 à 9998")
    return seconds // 60


def moment_of(minute: int) -> datetime:
    return EPOCH + timedelta(minutes=minute)


def paris_day_of(minute: int) -> date:
    return moment_of(minute).astimezone(PARIS).date()


def paris_offset(minute: int) -> int:
    """How many minutes Paris is ahead of UTC. It changes on whole hours only."""
    return _hour_offset(minute // 60)


@lru_cache(maxsize=8192)
def _hour_offset(hour: int) -> int:
    return _offset(moment_of(60 * hour).astimezone(PARIS))


@lru_cache(maxsize=4096)
def midnight(ordinal: int) -> int:
    """The UTC minute at which a day (proleptic ordinal) begins in Paris."""
    return wall_minute(ordinal, 0, last=False)


def wall_minute(ordinal: int, minute: int, last: bool) -> int:
    """The UTC minute of a wall-clock minute: the first or last occurrence; inside a gap, the end of the gap."""
    days, minute = divmod(minute, FULL_DAY)
    wall = datetime.fromordinal(ordinal + days).replace(hour=minute // 60, minute=minute % 60, tzinfo=PARIS)
    first, second = (_offset(wall.replace(fold=fold)) for fold in (0, 1))
    naive = (ordinal + days - EPOCH_ORDINAL) * FULL_DAY + minute
    if first >= second:
        return naive - (second if last else first)
    return _end_of_gap(naive - second, naive - first)


def _end_of_gap(before: int, after: int) -> int:
    """The UTC minute between both at which the wall clock jumps."""
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if paris_offset(middle) == paris_offset(before) else (before, middle)
    return after


def _offset(wall: datetime) -> int:
    offset = wall.utcoffset()
    return int(offset.total_seconds()) // 60 if offset else 0


def utc_span(ordinal: int, slot: Slot) -> tuple[int, int] | None:
    """Start and end of a slot in UTC minutes; None when the skipped hour swallows it."""
    start = midnight(ordinal)
    # Both its days have 24 hours, so the clock does not change under any slot: plain sums.
    if midnight(ordinal + 2) - start == 2 * FULL_DAY:
        return start + slot.start, start + slot.end
    first = wall_minute(ordinal, slot.start, last=False)
    end = wall_minute(ordinal, slot.end, last=True)
    return (first, end) if first < end else None

"""The one door to the present moment: everything else takes it as an argument."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """The present moment, in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


def paris_day(moment: datetime) -> date:
    """The civil day in France at that moment."""
    return moment.astimezone(PARIS).date()

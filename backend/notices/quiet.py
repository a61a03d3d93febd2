"""When a notice leaves: at once if it matters within a day, else never at night in France. Pure."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from backend.clock import PARIS

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(8)
A_DAY = timedelta(hours=24)
# A phone switched off for longer learns of it from the edition, at its next opening.
LONGEST_LIFE = timedelta(days=28)
SHORTEST_LIFE = timedelta(hours=1)


def leaves_at(moment: datetime, changes_at: datetime) -> datetime:
    """`changes_at`: the first moment at which somebody would find a door shut, or miss one that is open."""
    if changes_at - moment <= A_DAY:
        return moment
    local = moment.astimezone(PARIS)
    if NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return moment
    morning = local.date() + timedelta(days=1 if local.time() >= NIGHT_BEGINS else 0)
    return datetime.combine(morning, NIGHT_ENDS, PARIS).astimezone(moment.tzinfo)


def is_urgent(moment: datetime, changes_at: datetime) -> bool:
    return changes_at - moment <= A_DAY


def matters_until(moment: datetime, ends_at: datetime) -> datetime:
    """`ends_at`: the last moment that is unlike before. Past it the notice would tell of what is over."""
    return min(max(ends_at, moment + SHORTEST_LIFE), moment + LONGEST_LIFE)

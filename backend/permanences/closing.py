"""Closing for some days: what becomes of the exceptions already written there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from backend.permanences.schedule import DatedException, Schedule

A_DAY = timedelta(1)


@dataclass(frozen=True)
class Closing:
    """`added`: the new closures; `kept`: closures already there, untouched; `replaced`: slots that are gone."""

    schedule: Schedule
    added: tuple[DatedException, ...]
    kept: tuple[DatedException, ...]
    replaced: tuple[DatedException, ...]


def close_days(schedule: Schedule, first: date, last: date, reason: str | None) -> Closing:
    """Shut from `first` to `last`, both included. Days already shut stay so, with their own reason; exceptional
    slots within are replaced, and kept on the days outside. Exceptions stay apart, as a schedule wants them."""
    touched = [found for found in schedule.exceptions if found.first <= last and found.last >= first]
    kept = tuple(sorted((found for found in touched if not found.slots), key=_order))
    opened = sorted((found for found in touched if found.slots), key=_order)
    added = tuple(DatedException(start, end, (), reason) for start, end in _gaps(first, last, kept))
    exceptions = [found for found in schedule.exceptions if found not in opened]
    exceptions += [piece for found in opened for piece in _outside(found, first, last)]
    return Closing(
        schedule=replace(schedule, exceptions=tuple(sorted([*exceptions, *added], key=_order))),
        added=added,
        kept=kept,
        replaced=tuple(replace(f, first=max(f.first, first), last=min(f.last, last)) for f in opened),
    )


def _order(found: DatedException) -> date:
    return found.first


def _gaps(first: date, last: date, shut: tuple[DatedException, ...]) -> Iterator[tuple[date, date]]:
    """The days of a stretch that are in none of the closures, as stretches."""
    start = first
    for found in shut:
        if found.first > start:
            yield start, found.first - A_DAY
        if found.last >= last:
            return
        start = found.last + A_DAY
    yield start, last


def _outside(found: DatedException, first: date, last: date) -> Iterator[DatedException]:
    if found.first < first:
        yield replace(found, last=first - A_DAY)
    if found.last > last:
        yield replace(found, first=last + A_DAY)

"""What a change of hours will say and do, told before it is published."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from backend.clock import paris_day
from backend.permanences.compile import compile_schedule
from backend.permanences.device_hours import device_hours
from backend.permanences.differences import change_lines, changed_days
from backend.permanences.hours_warnings import warnings
from backend.permanences.hours_words import sentence
from backend.permanences.schedule import Schedule
from backend.permanences.week_words import coming_lines, week_lines


@dataclass(frozen=True)
class HoursPreview:
    """`now`: what a reader's phone would say at this minute, were it published. `mark` changes with the warnings:
    ticking one set acknowledges that set alone."""

    now: str
    lines: list[str]
    coming: list[str]
    changes: list[str]
    warnings: list[str]
    mark: str


def preview_hours(published: Schedule | None, schedule: Schedule, moment: datetime) -> HoursPreview:
    day = paris_day(moment)
    found = warnings(schedule, day, published)
    return HoursPreview(
        now=now_words(schedule, moment),
        lines=[*week_lines(schedule), *([schedule.note] if schedule.note else [])],
        coming=coming_lines(schedule, day),
        changes=change_lines(changed_days(published, schedule, day)),
        warnings=found,
        mark=hashlib.sha256("\n".join(found).encode()).hexdigest()[:16],
    )


def now_words(schedule: Schedule | None, moment: datetime) -> str:
    """« ouvert, ferme à 17 h », « fermé, rouvre lundi à 9 h »: as phones say it at that moment."""
    hours = device_hours(compile_schedule(schedule, paris_day(moment))) if schedule else None
    return sentence(hours, int(moment.timestamp()) // 60)

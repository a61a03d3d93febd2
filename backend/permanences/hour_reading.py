"""Hours and days as tired people type them: « 9h », « 9:00 », « 9 h 30 », « 18h30-20h », « 24/12/2026 »."""

from __future__ import annotations

import re
from datetime import date

from backend.permanences.schedule import FULL_DAY
from backend.words import MONTHS

_CLOCK = re.compile(r"([0-9]{1,2})(?: ?(?:h|heures?|:|\.) ?(?:([0-9]{2}) ?(?:min|mn|m)?)?)?")
_FOUR_DIGITS = re.compile(r"([0-9]{2})([0-9]{2})")
_RANGE = re.compile(r"(?:de )?(.+?) ?(?:-|–|—|\bà\b|\ba\b) ?(.+)")
_BETWEEN_RANGES = re.compile(r"[,;/+]| et ")
_SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_SPELT = re.compile(r"([0-9]{1,2})(?:er)? ([a-zéû]+) ([0-9]{4})")


def read_hour(text: str, ends: bool = False) -> int | None:
    """Minutes after midnight, up to 48 h; None where it is no hour. What `ends` at 0 h ends with the day."""
    words = _plain(text)
    if words in ("midi", "minuit"):
        return FULL_DAY // 2 if words == "midi" else FULL_DAY if ends else 0
    match = _CLOCK.fullmatch(words) or _FOUR_DIGITS.fullmatch(words)
    if match is None or int(match[2] or 0) > 59:
        return None
    minute = int(match[1]) * 60 + int(match[2] or 0)
    if ends and minute == 0:
        return FULL_DAY
    return minute if minute <= 2 * FULL_DAY else None


def read_ranges(text: str) -> list[tuple[str, str]] | None:
    """« 9h-12h, 14h à 17h30 » as its starts and ends, still as typed; None where it is not only that."""
    found = [_RANGE.fullmatch(part.strip()) for part in _BETWEEN_RANGES.split(_plain(text))]
    pairs = [(match[1].strip(), match[2].strip()) for match in found if match]
    sound = all(read_hour(first) is not None and read_hour(last, ends=True) is not None for first, last in pairs)
    return pairs if len(pairs) == len(found) and sound else None


def hour_field(minute: int) -> str:
    """570 as 9h30: what the field shows, and reads back."""
    return f"{minute // 60}h{minute % 60:02d}" if minute % 60 else f"{minute // 60}h"


def read_day(text: str) -> date | None:
    """2026-12-24, 24/12/2026 or « 24 décembre 2026 »; None where the calendar has no such day."""
    words = _plain(text)
    try:
        if match := _SLASHED.fullmatch(words):
            return date(int(match[3]), int(match[2]), int(match[1]))
        if (match := _SPELT.fullmatch(words)) and match[2] in MONTHS:
            return date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1]))
        return date.fromisoformat(words) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", words) else None
    except ValueError:
        return None


def _plain(text: str) -> str:
    return " ".join(text.lower().split())

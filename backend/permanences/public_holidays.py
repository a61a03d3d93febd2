"""French public holidays, computed. Source: facts.md E4 and E5 (Code du travail, L3133-1)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

FIXED = (
    (1, 1, "jour de l’An"),
    (5, 1, "fête du Travail"),
    (5, 8, "8 mai"),
    (7, 14, "fête nationale"),
    (8, 15, "Assomption"),
    (11, 1, "Toussaint"),
    (11, 11, "11 novembre"),
    (12, 25, "Noël"),
)
AFTER_EASTER = ((1, "lundi de Pâques"), (39, "Ascension"), (50, "lundi de Pentecôte"))
# Kept as data: the three départements of Alsace-Moselle have two more, which no schedule uses today.
ALSACE_MOSELLE_FIXED = ((12, 26, "second jour de Noël"),)
ALSACE_MOSELLE_AFTER_EASTER = ((-2, "Vendredi saint"),)


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (anonymous computus, Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, year // 100, year % 100
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


@lru_cache(maxsize=64)
def public_holidays(year: int, alsace_moselle: bool = False) -> dict[date, str]:
    """The public holidays of a year and their names. Two may share a day (8 mai and Ascension): it has one name."""
    fixed = FIXED + (ALSACE_MOSELLE_FIXED if alsace_moselle else ())
    moving = AFTER_EASTER + (ALSACE_MOSELLE_AFTER_EASTER if alsace_moselle else ())
    sunday = easter(year)
    days = {sunday + timedelta(days): name for days, name in moving}
    days.update({date(year, month, day): name for month, day, name in fixed})
    return dict(sorted(days.items()))


def is_public_holiday(day: date) -> bool:
    return day in public_holidays(day.year)

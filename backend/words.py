"""French as we print it: dates, sizes, phone numbers. Pure functions."""

from __future__ import annotations

import re
from datetime import date, datetime

from backend.clock import PARIS

NBSP = "\u00a0"
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


def day_words(day: date) -> str:
    """22 novembre 2026; the first of a month is « 1er »."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number}{NBSP}{MONTHS[day.month - 1]} {day.year}"


def moment_words(seconds: int) -> str:
    """Epoch seconds as people in France say them: 22 novembre 2026 à 9 h 05."""
    moment = datetime.fromtimestamp(seconds, PARIS)
    return f"{day_words(moment.date())} à {moment.hour}{NBSP}h{NBSP}{moment.minute:02}"


def partial_day_words(written: str) -> str:
    """A date known to the day, the month or the year only: 2024-02-29, 2019-11, 2025."""
    parts = [int(part) for part in written.split("-")]
    if len(parts) == 3:
        return day_words(date(*parts))
    return f"{MONTHS[parts[1] - 1]} {parts[0]}" if len(parts) == 2 else str(parts[0])


def phone_words(number: str) -> str:
    """0130327229 and +33130327229 as 01 30 32 72 29, as one dials in France; 0800059595 as 0 800 05 95 95, 116006 as
    116 006, 3018 as it is."""
    if re.fullmatch(r"\+33\d{9}", number):
        number = f"0{number[3:]}"
    if re.fullmatch(r"080\d{7}", number):
        # As they are said: « 0 805 805 817 » plays on a triple, « 0 800 05 95 95 » goes by pairs.
        code, six = number[1:4], number[4:]
        sizes = r"\d{3}" if six[:3] in (code, six[3:]) else r"\d\d"
        return NBSP.join(["0", code, *re.findall(sizes, six)])
    if re.fullmatch(r"\d{10}", number):
        return NBSP.join(re.findall(r"\d\d", number))
    if re.fullmatch(r"116\d{3}", number):
        return f"116{NBSP}{number[3:]}"
    return number

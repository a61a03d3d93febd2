"""A permanence told as text: the usual week, what holidays change, exceptions to come."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from backend.permanences.calendar import ALL_DAY, day_hours
from backend.permanences.hours_words import hour_words
from backend.permanences.schedule import AS_USUAL, CLOSED, FULL_DAY, Schedule, Slot, Slots, Week
from backend.words import NBSP, WEEKDAYS, day_words

CLOSED_WORDS = "fermé"


def slots_words(slots: Slots) -> str:
    """« de 9 h à 12 h et de 14 h à 17 h 30 », « 24 h/24 », « fermé »."""
    if not slots:
        return CLOSED_WORDS
    if slots == (Slot(0, FULL_DAY),):
        return f"24{NBSP}h/24"
    words = [f"de {hour_words(slot.start)} à {_end_words(slot.end)}" for slot in slots]
    return listed(words)


def _end_words(minute: int) -> str:
    if minute == FULL_DAY:
        return "minuit"
    return hour_words(minute) if minute < FULL_DAY else f"{hour_words(minute - FULL_DAY)} le lendemain"


def week_rows(week: Week) -> list[tuple[str, str]]:
    """Seven rows, from Monday: the day and its hours."""
    return [(name, slots_words(slots)) for name, slots in zip(WEEKDAYS, week, strict=True)]


def week_lines(schedule: Schedule) -> list[str]:
    """The usual week, equal neighbours together, then what holidays change. One sentence a line."""
    return [*usual_lines(schedule), *holiday_lines(schedule)]


def usual_lines(schedule: Schedule) -> list[str]:
    """The usual week alone: what a card has room for."""
    if schedule.always:
        return [f"Tous les jours, 24{NBSP}h/24"]
    if schedule.never_open:
        return ["Fermé"]
    lines = [_capital(line) for line in _grouped(schedule.weekly)] or ["Fermé toute la semaine"]
    return [*lines, "Sur rendez-vous"] if schedule.by_appointment else lines


def hours_text(schedule: Schedule) -> str:
    """The same as one text, for the API and for cards."""
    note = (schedule.note,) if schedule.note else ()
    return ". ".join((*week_lines(schedule), *note))


@dataclass(frozen=True)
class Coming:
    """A season or an exception in words, and its last day."""

    words: str
    last: date


def coming(schedule: Schedule, day: date) -> list[Coming]:
    """Seasons and exceptions not over on that day, in order: « Du 24 au 26 décembre 2026 : fermé (reason) »."""
    told = [(season.first, season.last, ", ".join(_grouped(season.weekly)) or CLOSED_WORDS, None)
            for season in schedule.seasons] + [
        (found.first, found.last, slots_words(found.slots), found.reason) for found in schedule.exceptions
    ]  # fmt: skip
    return [
        Coming(f"{_capital(stretch_words(first, last))} : {words}{f' ({reason})' if reason else ''}", last)
        for first, last, words, reason in sorted(told, key=lambda item: item[:2])
        if last >= day
    ]


def coming_weeks(schedule: Schedule, first: date, weeks: int) -> list[str]:
    """Every stretch of days unlike the usual week in the weeks from `first` on, public holidays included."""
    days = [first + timedelta(number) for number in range(7 * weeks)]
    lines: list[str] = []
    for told, run in groupby(days, key=lambda day: _unlike(schedule, day)):
        stretch = list(run)
        if told:
            lines.append(f"{_capital(stretch_words(stretch[0], stretch[-1]))} : {told}")
    return lines


def _unlike(schedule: Schedule, day: date) -> str | None:
    hours = day_hours(schedule, day)
    usual = ALL_DAY if schedule.always else schedule.weekly[day.weekday()]
    if hours.slots == usual:
        return None
    return slots_words(hours.slots) + (f" ({hours.reason})" if hours.reason else "")


def coming_lines(schedule: Schedule, day: date) -> list[str]:
    """The words alone."""
    return [found.words for found in coming(schedule, day)]


def stretch_words(first: date, last: date) -> str:
    """« le 24 décembre 2026 », « du 24 au 26 décembre 2026 », « du 24 décembre 2026 au 3 janvier 2027 »."""
    if first == last:
        return f"le {day_words(first)}"
    begin = day_words(first)
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
        if first.month == last.month:
            begin = begin.split(NBSP)[0]
    return f"du {begin} au {day_words(last)}"


def _grouped(week: Week) -> Iterator[str]:
    """« du lundi au vendredi, de 9 h à 12 h »: days with the same hours together, closed days left out."""
    for slots in dict.fromkeys(slots for slots in week if slots):
        yield f"{days_words([day for day in range(7) if week[day] == slots])}, {slots_words(slots)}"


def days_words(days: list[int]) -> str:
    """[0, 1, 3, 4] as « le lundi, le mardi, le jeudi et le vendredi », [0, 1, 2, 4] as « du lundi au mercredi et… »."""
    if len(days) == 7:
        return "tous les jours"
    words: list[str] = []
    for _, run in groupby(enumerate(days), key=lambda item: item[1] - item[0]):
        names = [WEEKDAYS[day] for _, day in run]
        words += [f"du {names[0]} au {names[-1]}"] if len(names) > 2 else [f"le {name}" for name in names]
    return listed(words)


def listed(words: list[str]) -> str:
    """« a, b et c »."""
    return " et ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def holiday_lines(schedule: Schedule) -> Iterator[str]:
    """What public and school holidays change; nothing where every day is the same."""
    if schedule.always or schedule.never_open:
        return
    if schedule.public_holidays == CLOSED:
        yield "Fermé les jours fériés"
    elif schedule.public_holidays == AS_USUAL:
        yield "Les jours fériés aussi"
    elif not isinstance(schedule.public_holidays, str):
        yield f"Les jours fériés : {slots_words(schedule.public_holidays)}"
    if schedule.school_holidays == CLOSED:
        yield "Fermé pendant les vacances scolaires (zone C)"
    elif not isinstance(schedule.school_holidays, str):
        week = " ; ".join(_grouped(schedule.school_holidays)) or CLOSED_WORDS
        yield f"Pendant les vacances scolaires (zone C) : {week}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""What a reader would notice when a permanence changes, and the permanence told as text."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.permanences.differences import change_lines, changed_days
from backend.permanences.schedule import Schedule
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.week_words import coming_lines, hours_text, week_lines, week_rows
from backend.words import NBSP

TODAY = date(2026, 11, 23)
USUAL: dict[str, Any] = {"weekly": {"mo": [["09:00", "12:00"]], "fr": [["22:00", "24:00"]]}}


def _read(**changes: Any) -> Schedule:
    return schedule_from_json({**USUAL, **changes})


def _lines(before: Schedule | None, after: Schedule | None) -> list[str]:
    return [line.replace(NBSP, " ") for line in change_lines(changed_days(before, after, TODAY))]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"note": "Deux personnes répondent."},
        {"weekly": {"mo": [["09:00", "10:00"], ["10:00", "12:00"]], "fr": [["22:00", "24:00"]], "tu": []}},
        {"exceptions": [{"from": "2026-11-24", "until": "2026-11-26", "slots": [], "reason": "déjà fermé"}]},
        {"exceptions": [{"from": "2026-11-30", "until": "2026-11-30", "slots": [["09:00", "12:00"]]}]},
        {"exceptions": [{"from": "2026-11-16", "until": "2026-11-16", "slots": []}]},  # over
        {"seasons": [{"from": "2027-07-01", "until": "2027-08-31", "weekly": {}}]},  # not yet in the coming weeks
        {"school_holidays": "closed"},  # no date known in the coming weeks
    ],
)
def test_nothing_to_notice(changes: dict[str, Any]) -> None:
    assert changed_days(_read(), _read(**changes), TODAY) == []


def test_a_closed_day() -> None:
    shut = [{"from": "2026-11-30", "until": "2026-11-30", "slots": [], "reason": "formation"}]
    assert _lines(_read(), _read(exceptions=shut)) == [
        "Lundi 30 novembre 2026 : fermé, au lieu de : de 9 h à 12 h",
    ]


def test_days_in_a_row_are_told_together() -> None:
    daily = {"weekly": {day: [["09:00", "12:00"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}}
    shut = [{"from": "2026-11-25", "until": "2026-11-29", "slots": []}]
    assert _lines(_read(**daily), _read(**daily, exceptions=shut)) == [
        "Du 25 au 29 novembre 2026 : fermé, au lieu de : de 9 h à 12 h",
    ]


def test_a_new_habit_is_told_once() -> None:
    later = {"weekly": {"mo": [["10:00", "12:00"], ["14:00", "17:30"]], "fr": [["22:00", "24:00"]]}}
    assert _lines(_read(), _read(**later)) == [
        "Le lundi : de 10 h à 12 h et de 14 h à 17 h 30, au lieu de : de 9 h à 12 h",
    ]


def test_hours_known_at_last_or_by_appointment_from_now_on() -> None:
    assert _lines(None, _read())[0] == "Le lundi : de 9 h à 12 h, au lieu de : horaires à vérifier"
    assert _lines(_read(), _read(by_appointment=True)) == [
        "Le lundi : sur rendez-vous de 9 h à 12 h, au lieu de : de 9 h à 12 h",
        "Le vendredi : sur rendez-vous de 22 h à minuit, au lieu de : de 22 h à minuit",
    ]
    assert changed_days(None, None, TODAY) == []


def test_the_week_in_words() -> None:
    schedule = schedule_from_json(
        {
            "weekly": {
                **{day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in ("mo", "tu", "we", "th")},
                "fr": [["22:00", "26:00"]],
            },
            "seasons": [{"from": "2027-07-01", "until": "2027-08-31", "weekly": {"tu": [["14:00", "17:00"]]}}],
            "exceptions": [
                {"from": "2026-12-24", "until": "2026-12-26", "slots": [], "reason": "congés"},
                {"from": "2026-12-31", "until": "2027-01-02", "slots": [["10:00", "12:00"]]},
                {"from": "2026-11-01", "until": "2026-11-02", "slots": []},
            ],
            "note": "Laissez un message",
        }
    )
    assert [line.replace(NBSP, " ") for line in week_lines(schedule)] == [
        "Du lundi au jeudi, de 9 h à 12 h et de 14 h à 17 h 30",
        "Le vendredi, de 22 h à 2 h le lendemain",
        "Fermé les jours fériés",
    ]
    assert [line.replace(NBSP, " ") for line in coming_lines(schedule, TODAY)] == [
        "Du 24 au 26 décembre 2026 : fermé (congés)",
        "Du 31 décembre 2026 au 2 janvier 2027 : de 10 h à 12 h",
        "Du 1er juillet au 31 août 2027 : le mardi, de 14 h à 17 h",
    ]
    assert hours_text(schedule).endswith("Fermé les jours fériés. Laissez un message")
    assert week_rows(schedule.weekly)[6] == ("dimanche", "fermé")


def test_other_weeks_in_words() -> None:
    assert week_lines(Schedule()) == ["Fermé"]
    assert week_lines(Schedule(always=True)) == [f"Tous les jours, 24{NBSP}h/24"]
    assert week_lines(_read(by_appointment=True, public_holidays="as_usual", school_holidays="closed"))[2:] == [
        "Sur rendez-vous",
        "Les jours fériés aussi",
        "Fermé pendant les vacances scolaires (zone C)",
    ]
    every_day = {day: [["09:00", "23:00"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}
    assert (
        week_lines(schedule_from_json({"weekly": every_day}))[0].replace(NBSP, " ") == "Tous les jours, de 9 h à 23 h"
    )

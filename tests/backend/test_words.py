"""French as printed."""

from __future__ import annotations

from datetime import date

import pytest

from backend.words import day_words, partial_day_words, phone_words


@pytest.mark.parametrize(
    ("day", "words"),
    [(date(2026, 11, 22), "22\u00a0novembre 2026"), (date(2027, 5, 1), "1er\u00a0mai 2027")],
)
def test_days(day: date, words: str) -> None:
    assert day_words(day) == words


@pytest.mark.parametrize(
    ("written", "words"), [("2025", "2025"), ("2019-11", "novembre 2019"), ("2024-02-29", "29\u00a0février 2024")]
)
def test_dates_known_in_part(written: str, words: str) -> None:
    assert partial_day_words(written) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        ("17", "17"),
        ("3018", "3018"),
        ("116006", "116 006"),
        ("0130327229", "01 30 32 72 29"),
        ("0800059595", "0 800 05 95 95"),
        ("0805805817", "0 805 805 817"),
        ("0801123123", "0 801 123 123"),
        ("+33153732222", "01 53 73 22 22"),
    ],
)
def test_numbers_are_spaced_as_people_read_them(number: str, words: str) -> None:
    assert phone_words(number).replace("\u00a0", " ") == words

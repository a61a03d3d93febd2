"""Numbers told in words: « zéro six douze… », « trente-neuf vingt-deux ». Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backend.fields import PHONE

_UNITS = {
    "zéro": 0, "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_PART = "|".join(sorted((*_UNITS, *_TENS), key=len, reverse=True))
_ROW = re.compile(rf"\b(?:{_PART})(?:[^\w]{{1,4}}(?:et[^\w]{{1,4}})?(?:{_PART})\b)+", re.IGNORECASE)
# Digits of several numbers in a row; fewer, where they are a number that one dials (112, told one by one).
LONG, SHORT = 4, 3


def spoken_numbers(text: str) -> Iterator[tuple[int, str]]:
    """Where each begins, and the words it is told in: several numbers in a row that make one to dial."""
    for found in _ROW.finditer(text):
        words = re.sub(r"\W+", " ", found[0]).lower()
        numbers = list(_numbers([word for word in words.split() if word != "et"]))
        digits = "".join(map(str, numbers))
        if len(numbers) > 1 and (len(digits) >= LONG or (len(digits) == SHORT and PHONE.fullmatch(digits))):
            yield found.start(), words


def _numbers(words: list[str]) -> Iterator[int]:
    """The numbers below one hundred that a row of words says, as one hears them: 39, 22."""
    while words:
        number = _TENS.get(words[0])
        if words[0] == "quatre" and len(words) > 1 and words[1] in ("vingt", "vingts"):
            number, words = 80, words[1:]
        if number is None:
            number, words = _unit(words)
        elif len(words) > 1 and 0 < _UNITS.get(words[1], 0) < (20 if number in (60, 80) else 10):
            unit, words = _unit(words[1:])
            number += unit
        else:
            words = words[1:]
        yield number


def _unit(words: list[str]) -> tuple[int, list[str]]:
    """From 0 to 19, and what follows; « dix-sept » is two words."""
    number = _UNITS[words[0]]
    if number == 10 and len(words) > 1 and 7 <= _UNITS.get(words[1], 0) <= 9:
        return number + _UNITS[words[1]], words[2:]
    return number, words[1:]

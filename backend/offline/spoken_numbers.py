"""Numbers told in words: « zéro six douze… », « trente-neuf vingt-deux », « cent dix-neuf ». Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from backend.fields import PHONE

_UNITS = {
    "zéro": 0, "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6, "sept": 7,
    "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13, "quatorze": 14, "quinze": 15, "seize": 16,
}  # fmt: skip
_TENS = {"vingt": 20, "vingts": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60}
_NOTHING = ("zéro", "zero")
_HUNDREDS, _THOUSANDS = ("cent", "cents"), ("mille",)
_PART = "|".join(sorted((*_UNITS, *_TENS, *_HUNDREDS, *_THOUSANDS), key=len, reverse=True))
_ROW = re.compile(rf"\b(?:{_PART})(?:[^\w]{{1,4}}(?:et[^\w]{{1,4}})?(?:{_PART})\b)+", re.IGNORECASE)
# Digits of several numbers in a row; fewer, where they are a number that one dials (112, told one by one).
LONG, SHORT = 4, 3


def spoken_numbers(text: str, counted: Callable[[str, int], bool]) -> Iterator[tuple[int, str]]:
    """Where each begins, and the words it is told in: several numbers in a row that make one to dial, or one alone of
    three or four digits, unless something is `counted` by those digits from where it ends."""
    for found in _ROW.finditer(text):
        words = re.sub(r"\W+", " ", found[0]).lower()
        numbers = list(_numbers([word for word in words.split() if word != "et"]))
        digits = "".join(map(str, numbers))
        dialled = len(digits) >= SHORT and bool(PHONE.fullmatch(digits))
        if (dialled or len(digits) >= LONG) if len(numbers) > 1 else (dialled and not counted(digits, found.end())):
            yield found.start(), words


def _numbers(words: list[str]) -> Iterator[int]:
    """The numbers that a row of words says, as one hears them: 39, 22; 119; 3919."""
    while words:
        number, words = _hundreds(words)
        if words and words[0] in _THOUSANDS and number < 1000:
            number, words = 1000 * number, words[1:]
            if words and words[0] not in _NOTHING:
                rest, words = _hundreds(words)
                number += rest
        yield number


def _hundreds(words: list[str]) -> tuple[int, list[str]]:
    """Below one thousand; « mille » alone is one thousand, of which this is the one."""
    if words[0] in _THOUSANDS:
        return 1, words
    number, words = (1, words) if words[0] in _HUNDREDS else _below_hundred(words)
    if not words or words[0] not in _HUNDREDS or not 0 < number < 10:
        return number, words
    number, words = 100 * number, words[1:]
    if words and words[0] not in (*_NOTHING, *_HUNDREDS, *_THOUSANDS):
        rest, words = _below_hundred(words)
        number += rest
    return number, words


def _below_hundred(words: list[str]) -> tuple[int, list[str]]:
    number = _TENS.get(words[0])
    if words[0] == "quatre" and len(words) > 1 and words[1] in ("vingt", "vingts"):
        number, words = 80, words[1:]
    if number is None:
        return _unit(words)
    if len(words) > 1 and 0 < _UNITS.get(words[1], 0) < (20 if number in (60, 80) else 10):
        unit, rest = _unit(words[1:])
        return number + unit, rest
    return number, words[1:]


def _unit(words: list[str]) -> tuple[int, list[str]]:
    """From 0 to 19, and what follows; « dix-sept » is two words."""
    number = _UNITS[words[0]]
    if number == 10 and len(words) > 1 and 7 <= _UNITS.get(words[1], 0) <= 9:
        return number + _UNITS[words[1]], words[2:]
    return number, words[1:]

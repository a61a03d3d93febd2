"""Two values side by side, what differs marked and said: digit by digit for numbers, word by word for the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from backend.words import NBSP

# Beyond so many, naming each says less than « presque tout ».
MOST_NAMED = 4


@dataclass(frozen=True)
class Piece:
    text: str
    differs: bool


@dataclass(frozen=True)
class Comparison:
    """`digits`: the pieces are single digits, to be spelt one by one. `words` says the difference aloud."""

    old: tuple[Piece, ...]
    new: tuple[Piece, ...]
    digits: bool
    words: str


def compare(old: str | None, new: str | None) -> Comparison:
    before, after = old or "", new or ""
    digits = is_number(before or after) and is_number(after or before)
    units = (list(before), list(after)) if digits else (before.split(), after.split())
    pieces = _by_place(*units) if digits and len(before) == len(after) else _by_likeness(*units)
    return Comparison(*pieces, digits, _said(before, after, digits))


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"\+?\d{2,}", text))


def _by_place(old: list[str], new: list[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    differs = [a != b for a, b in zip(old, new, strict=True)]
    return tuple(map(Piece, old, differs)), tuple(map(Piece, new, differs))


def _by_likeness(old: list[str], new: list[str]) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
    left: list[Piece] = []
    right: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left += [Piece(unit, tag != "equal") for unit in old[a:b]]
        right += [Piece(unit, tag != "equal") for unit in new[c:d]]
    return tuple(left), tuple(right)


def _said(old: str, new: str, digits: bool) -> str:
    if not old:
        return "Il n’y avait rien ici."
    if not new:
        return "Cela disparaît."
    if not digits:
        return "Les mots qui diffèrent sont soulignés."
    if len(old) != len(new):
        return f"L’ancien a {len(old)}{NBSP}chiffres, le nouveau {len(new)}."
    places = [place for place, (a, b) in enumerate(zip(old, new, strict=True), 1) if a != b]
    if len(places) > MOST_NAMED:
        return f"{len(places)}{NBSP}chiffres sur {len(old)} diffèrent."
    named = [f"le {_rank(place)} ({old[place - 1]} devient {new[place - 1]})" for place in places]
    return f"{'Un chiffre diffère' if len(named) == 1 else f'{len(named)}{NBSP}chiffres diffèrent'} : {_listed(named)}."


def _rank(place: int) -> str:
    return "1er" if place == 1 else f"{place}e"


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} et {parts[-1]}"

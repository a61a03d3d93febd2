"""Words that tell what these pages are about, to whoever looks over a shoulder or through a history."""

from __future__ import annotations

import re
import unicodedata

# Beginnings of words, without accents.
BEGINNINGS = (
    "harc", "cyber", "viole", "victim", "polic", "gendarm", "sex", "chantage", "plainte", "intime", "suicid", "danger",
    "urgence", "menac", "agress", "nude", "photo", "secours", "conjoint", "femme", "mineur", "enfance", "temoin",
    "avocat", "tribunal", "justice", "preuve", "deepfake", "revenge", "porn", "detresse", "prefecture", "usurp",
)  # fmt: skip
# These alone: « nuit », « raide », « aider » say nothing.
WHOLE = frozenset(
    ("aide", "aides", "viol", "viols", "nu", "nue", "nus", "nues", "raid", "sos", "abus", "ecoute", "17cyber")
) | frozenset(str(number) for number in (112, 114, 119, 3018, 3020, 3114, 3919, 3928, 116000, 116006))


def fold(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def telling(text: str) -> list[str]:
    """The telling words of a text; numbers count however they are spaced."""
    joined = re.sub(r"(?<=\d)[\s.\u00a0\u202f](?=\d)", "", fold(text))
    return [word for word in re.findall(r"[a-z0-9]+", joined) if word in WHOLE or word.startswith(BEGINNINGS)]

"""What in a text leads to somebody: numbers to dial, e-mail and web addresses. It must not change unseen.

Rather one number too many than one too few: a price or an age is told apart, what is doubtful is not.
"""

from __future__ import annotations

import re

from backend.fields import PHONE

_ADDRESS = (
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s<>\"')\]]+|\b[\w-]+\.(?:fr|org|com|net|eu)\b[^\s<>\"')\]]*"
)
# A dash joins pairs of a number (01-30-30-30-30), not the parts of an article of law (222-33-2-2).
_DIGITS = r"(?<![\w:])(?:\d\d(?:-\d\d){2,}|\+?\d(?:[ \t.\u00a0\u202f]?\d)+)(?![\w:])"
_FOUND = re.compile(f"(?P<address>{_ADDRESS})|(?P<digits>{_DIGITS})", re.IGNORECASE)
_DATE = re.compile(r"\b\d{4}-\d\d(?:-\d\d)?\b|\b\d{1,2}/\d{1,2}/\d{2,4}\b")
# What is counted is not dialled: « 30 000 € », « 15 ans », « 24 décembre », « 18 h ».
_COUNTED = re.compile(
    r"[ \t\u00a0\u202f]*(?:%|€|euros?\b|ans?\b|mois\b|semaines?\b|jours?\b|heures?\b|h\b|minutes?\b|fois\b"
    r"|janvier|février|mars|avril|mai\b|juin|juillet|août|septembre|octobre|novembre|décembre)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
A_LONG_NUMBER = 4


def ways_to_reach(text: str) -> tuple[str, ...]:
    """Numbers (digits alone) and addresses (lower case) in the order of the text."""
    plain = _DATE.sub(" ", text)
    return tuple(way for found in _FOUND.finditer(plain) if (way := _way(found, plain)))


def _way(found: re.Match[str], text: str) -> str | None:
    if found["address"]:
        return found["address"].lower().rstrip(".,;:")
    number = re.sub(r"[^\d+]", "", found["digits"])
    in_an_article = len(number) == 2 and text[: found.start()].endswith("-")
    if in_an_article or _COUNTED.match(text, found.end()) or _YEAR.fullmatch(number):
        return None
    return number if PHONE.fullmatch(number) or len(number) >= A_LONG_NUMBER else None

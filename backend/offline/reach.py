"""What in a text leads to somebody: numbers to dial, e-mail and web addresses. It must not change unseen.

Rather one number too many than one too few: a price or an age is told apart, what is doubtful is not.
"""

from __future__ import annotations

import html
import re
import unicodedata

from backend.fields import PHONE

_ENDS = "fr|org|com|net|eu|info|io|me|be|ch|lu|co|app|biz|site|online|paris|link|xyz"
# Each begins where a word does: from every letter, a long text would be read again and again.
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+|(?:https?://|www\.)[^\s<>\"')\]]+"
    rf"|(?<![\w-])[\w-]+\.(?:(?:{_ENDS})\b|[a-z]+(?=/))[^\s<>\"')\]]*",
    re.IGNORECASE,
)
# A whole number, however it is cut up: slashes, dashes, marks of Markdown, ends of lines, a word right before or after.
_GAP = r"(?:[^\w:]|_){0,4}"
_WHOLE = re.compile(rf"(?<!\d)(?:(?:\+|00)33{_GAP}(?:\(0\){_GAP})?|0{_GAP})[1-9](?:{_GAP}\d){{8}}(?!/?\d)")
# A dash joins pairs of a number (01-30-30-30-30), not the parts of an article of law (222-33-2-2).
_DIGITS = re.compile(r"(?<!\w)(?<!\d:)(?:\d\d(?:-\d\d){2,}|\+?\d(?:[ \t.\u00a0\u202f]?\d)+)(?!\w|:\d)")
# A number told in words: nothing else sets five of them in a row (« quatre-vingt-dix-neuf » has four).
_SPOKEN_PART = (
    r"(?:z[ée]ro|une?|deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize"
    r"|vingts?|trente|quarante|cinquante|soixante)"
)
_SPOKEN = re.compile(rf"\b{_SPOKEN_PART}(?:[^\w]{{1,4}}(?:et[^\w]{{1,4}})?{_SPOKEN_PART}\b){{4,}}", re.IGNORECASE)
_FULL_DATE = re.compile(r"\b(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?\b|\b[0-3]?\d/[01]?\d/(?:19|20)\d\d\b")
_DATE = re.compile(r"\b[0-3]?\d/[01]?\d/\d\d\b(?!/)")
# What is counted is not dialled: « 30 000 € », « 15 ans », « 24 décembre », « 18 h ».
_COUNTED = re.compile(
    r"[ \t\u00a0\u202f]*(?:%|€|euros?\b|ans?\b|mois\b|semaines?\b|jours?\b|heures?\b|h\b|minutes?\b|fois\b"
    r"|janvier|février|mars|avril|mai\b|juin|juillet|août|septembre|octobre|novembre|décembre)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
A_LONG_NUMBER = 4


def ways_to_reach(text: str) -> tuple[str, ...]:
    """Numbers (digits alone, or the words they are told in) and addresses (lower case), in the order of the text as a
    reader would see it."""
    seen = unicodedata.normalize("NFKC", html.unescape(text))
    plain = "".join(sign for sign in seen if unicodedata.category(sign) != "Cf")
    undated = _FULL_DATE.sub(_blank, plain)
    rest = _DATE.sub(_blank, _WHOLE.sub(_blank, _ADDRESS.sub(_blank, undated)))
    found = [(address.start(), address[0].lower().rstrip(".,;:")) for address in _ADDRESS.finditer(plain)]
    found += [(whole.start(), _number(whole)) for whole in _WHOLE.finditer(undated)]
    found += [(spoken.start(), re.sub(r"\W+", " ", spoken[0]).lower()) for spoken in _SPOKEN.finditer(plain)]
    found += [(short.start(), _number(short)) for short in _DIGITS.finditer(rest) if _is_dialled(short, rest)]
    return tuple(way for _, way in sorted(found))


def _blank(found: re.Match[str]) -> str:
    """Places in the text stay what they were."""
    return " " * len(found[0])


def _number(found: re.Match[str]) -> str:
    return re.sub(r"[^\d+]", "", found[0].replace("(0)", ""))


def _is_dialled(found: re.Match[str], text: str) -> bool:
    number = _number(found)
    in_an_article = len(number) == 2 and text[: found.start()].endswith("-")
    if in_an_article or _COUNTED.match(text, found.end()) or _YEAR.fullmatch(number):
        return False
    return bool(PHONE.fullmatch(number)) or len(number) >= A_LONG_NUMBER

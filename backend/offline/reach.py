"""What in a text leads to somebody: numbers to dial, e-mail and web addresses. It must not change unseen.

Rather one number too many than one too few: a price or an age is told apart, what is doubtful is not.
"""

from __future__ import annotations

import html
import re
import unicodedata

from backend.fields import PHONE
from backend.offline.spoken_numbers import spoken_numbers

# Where a site's name ends whatever its letters: « Faux.Fr »; any other end is all small or all capital letters, for a
# sentence may begin right after a full stop.
_ENDS = "fr|org|com|net|eu|info|io|me|be|ch|lu|co|app|biz|site|online|paris|link|ru|xyz"
# An e-mail address (written whole, or told: « arobase », « point fr »), a name on a network, a site with or without its
# scheme. Each begins where a word does: from every letter, a long text would be read again and again.
_ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)*|(?i:https?://|www\.)[^\s<>\"')\]]+"
    r"|(?<![\w@])@(?!contact\b|sorter\b)\w[\w.]{2,}"
    rf"|(?<![\w.-])(?:[\w-]{{2,}}(?:\.[\w-]+)*\.(?:[a-z]{{2,}}|[A-Z]{{2,}}|(?i:{_ENDS}))\b|[\w-]+\.[A-Za-z]+(?=/))"
    r"[^\s<>\"')\]]*"
    rf"|(?i:(?<![\w-])[\w-]+ (?:arobase [\w-]+(?: point [a-z]{{2,}}\b)?|point (?:{_ENDS})\b))"
)
# What is not seen of Markdown, and would cut a number up: emphasis, escapes, where a link leads.
_TARGET = re.compile(r"\]\(([^()\s]*)\)")
_MARKS = re.compile(r"[*`\\\[]")
# A whole number, however it is cut up: slashes, dashes, marks of Markdown, a word right before or after.
_GAP = r"(?:[^\w:]|_){0,8}"
_WHOLE = re.compile(rf"(?<!\d)(?:(?:\+|00)33{_GAP}(?:\(0\){_GAP})?|0{_GAP})[1-9](?:{_GAP}\d){{8}}(?!/?\d)")
# Between the pairs of a short one (39-19, **30** **19**, 39/19) or between its digits: not what ends a sentence or goes
# on with it. An article of law (222-33-2-2) has other parts.
_CUT = r"[ */_|·–—\u2011-]{1,8}"
_SHORT = re.compile(
    rf"(?<![\w:/-])(?<!\d[.,])(?:\d\d(?::\d\d){{3,}}|\d\d{_CUT}\d\d|116{_CUT}\d{{3}}|(?:\d(?:[^\w.,;]|_){{1,4}}){{2,}}\d)"
    r"(?![\w/-]|:\d|[.,]\d)"
)
# A dash joins pairs of a number (01-30-30-30-30), not the parts of an article of law (222-33-2-2).
_DIGITS = re.compile(r"(?<!\w)(?<!\d:)(?:\d\d(?:-\d\d){2,}|\+?\d(?:[ .]?\d)+)(?!\w|:\d)")
_FULL_DATE = re.compile(r"\b(?:19|20)\d\d-[01]\d(?:-[0-3]\d)?\b|\b[0-3]?\d/[01]?\d/(?:19|20)\d\d\b")
_DATE = re.compile(r"\b[0-3]?\d/[01]?\d/\d\d\b(?!/)")
_DAY = re.compile(r"[0-3]?\d/(?:0?[1-9]|1[0-2])")
# What is counted is not dialled: « 30 000 € », « 15 ans », « 24 décembre », « 18 h ».
_PAID = re.compile(r" *(?:%|€|euros?\b)", re.IGNORECASE)
_COUNTED = re.compile(
    r" *(?:ans?\b|mois\b|semaines?\b|jours?\b|heures?\b|h\b|minutes?\b|fois\b"
    r"|janvier|février|mars|avril|mai\b|juin|juillet|août|septembre|octobre|novembre|décembre)",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
A_LONG_NUMBER = 4


def ways_to_reach(text: str) -> tuple[str, ...]:
    """Numbers (digits alone, or the words they are told in) and addresses (lower case), in the order of the text as a
    reader would see it."""
    seen = unicodedata.normalize("NFKC", html.unescape(text))
    shown = "".join(sign for sign in seen if unicodedata.category(sign) != "Cf")
    read = _MARKS.sub("", _TARGET.sub("", shown))
    # As a page shows it: a row of spaces is one. What links lead to comes after: another contact may be another number.
    plain = " ".join([*read.split(), *(f"({target})" for target in _TARGET.findall(shown))])
    undated = _FULL_DATE.sub(_blank, plain)
    rest = _DATE.sub(_blank, _WHOLE.sub(_blank, _ADDRESS.sub(_blank, undated)))
    cut = list(_SHORT.finditer(rest))
    found = [(address.start(), address[0].lower().rstrip(".,;:")) for address in _ADDRESS.finditer(plain)]
    found += [(long.start(), _number(long)) for long in _WHOLE.finditer(undated)]
    found += spoken_numbers(plain, lambda number, end: _is_counted(number, plain, end))
    shorts = [*(short for short in cut if not _DAY.fullmatch(short[0])), *_DIGITS.finditer(_SHORT.sub(_blank, rest))]
    found += [(short.start(), _number(short)) for short in shorts if _is_dialled(short, rest)]
    return tuple(way for _, way in sorted(found))


def _blank(found: re.Match[str]) -> str:
    """Places in the text stay what they were."""
    return " " * len(found[0])


def _number(found: re.Match[str]) -> str:
    abroad = found[0].startswith(("+", "00"))  # +33 (0)6…
    return re.sub(r"[^\d+]", "", found[0].replace("(0)", "") if abroad else found[0])


def _is_dialled(found: re.Match[str], text: str) -> bool:
    number = _number(found)
    in_an_article = len(number) == 2 and text[: found.start()].endswith("-")
    if in_an_article or _YEAR.fullmatch(number) or _is_counted(number, text, found.end()):
        return False
    return bool(PHONE.fullmatch(number)) or len(number) >= A_LONG_NUMBER


def _is_counted(number: str, text: str, end: int) -> bool:
    """Whether it counts what follows: « 30 000 € », « 15 ans »; not « 3921 jours et nuits »."""
    is_dialled = PHONE.fullmatch(number) and len(number) >= A_LONG_NUMBER
    return bool(_PAID.match(text, end) or (_COUNTED.match(text, end) and not is_dialled))

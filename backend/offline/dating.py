"""The date each page prints: the day its own words last changed.

Printing the edition's date would change every page at every publication; this way a one-page change
is one page to download, and the date says more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date

from backend.words import day_words

# Rendered in place of the date, then replaced; a comment, so that a page shown undated stays sound.
STAMP = "<!--page-date-->"


@dataclass(frozen=True)
class Since:
    """A page as an earlier edition had it: digest of its undated bytes, and the day it printed."""

    undated: str
    day: str


def date_page(body: bytes, earlier: Since | None, today: date) -> tuple[bytes, Since]:
    """The page with its date: the earlier one while nothing else has changed."""
    undated = hashlib.sha256(body).hexdigest()
    since = earlier if earlier and earlier.undated == undated else Since(undated, today.isoformat())
    words = f'<time datetime="{since.day}">{day_words(date.fromisoformat(since.day))}</time>'
    return body.replace(STAMP.encode(), words.encode()), since

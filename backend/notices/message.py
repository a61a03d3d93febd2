"""What a phone receives: declarative Web Push (https://www.w3.org/TR/push-api/#declarative-push-message), in words that
tell a passer-by nothing, with the new hours inside, so that the phone is right even if the network drops after it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

TITLE = "Mise à jour"
WELCOME = "C’est activé"
LANGUAGE = "fr"
MOST_BYTES = 3_000
# Where a click on a reminder leads (`offline/desk/reminder_routes.py`).
REMINDED_AT = "/contacts/equipe/"
# Lengths tell: each message is filled up to one of these.
SIZES = (1_000, 2_000, MOST_BYTES)
# A long note would leave no room for the hours themselves.
LONGEST_HOURS_TEXT = 600

Interval = Sequence[int | str]


@dataclass(frozen=True)
class News:
    """What followers of a contact are told: how to reach it from now on."""

    contact: str
    hours_text: str | None
    intervals: Sequence[Interval]  # [UTC start minute, length, state], in order
    gone: bool = False  # nobody is to call there any more: `hours_text` says why


def notice_text(public_url: str, notice: str, edition: int, news: News) -> str:
    """The JSON of a notice, at most MOST_BYTES: of very full schedules the last intervals are left out, and the edition
    brings them. Words that JSON writes at length are shortened once no interval is left to leave out."""
    count, letters = len(news.intervals), LONGEST_HOURS_TEXT
    while len((text := _text(public_url, notice, edition, news, count, letters)).encode()) > MOST_BYTES:
        if not count and not letters:
            raise ValueError("the address of the site leaves no room for a notice")
        count, letters = count * 9 // 10, letters if count else letters // 2
    return text


def _text(public_url: str, notice: str, edition: int, news: News, count: int, letters: int) -> str:
    data = {
        "notice": notice,
        "edition": edition,
        "contact": news.contact,
        "hours_text": news.hours_text and news.hours_text[:letters],
        "intervals": news.intervals[:count],
        **({"gone": True} if news.gone else {}),
    }
    return _declared(TITLE, f"{public_url}/contacts/{news.contact}/", tag_of(news.contact), data)


def activation_text(public_url: str, token: str) -> str:
    """The echo: only the browser that receives it can bring the token back."""
    return _declared(WELCOME, f"{public_url}/avis/", "avis", {"activation": token})


def reminder_text(public_url: str, notice: str) -> str:
    """To somebody of the staff, in a reader's words. The worker opens the page of the contact that a notice names, and
    believes no other address: this one leads on to the staff. Edition 0 is older than any, so nothing is kept of it."""
    data = {"notice": notice, "edition": 0, "contact": "equipe", "intervals": []}
    return _declared(TITLE, f"{public_url}{REMINDED_AT}", tag_of("equipe"), data)


def _declared(title: str, navigate: str, tag: str, data: dict[str, Any]) -> str:
    notification = {"title": title, "lang": LANGUAGE, "navigate": navigate, "tag": tag, "data": data}
    return json.dumps(
        {"web_push": 8030, "mutable": True, "notification": notification}, ensure_ascii=False, separators=(",", ":")
    )


def tag_of(contact: str) -> str:
    """What a screen shows one notice of: nothing of it is read there."""
    return hashlib.sha256(f"tag {contact}".encode()).hexdigest()[:16]


def padded(text: str) -> bytes:
    """Filled with spaces, which JSON allows around a value."""
    body = text.encode()
    return body.ljust(next(size for size in SIZES if size >= len(body)))

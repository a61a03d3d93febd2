"""Whatever changed, a notice says the same neutral words, fits, and its length tells nothing."""

from __future__ import annotations

import json

import pytest

from backend.notices.message import (
    LONGEST_HOURS_TEXT,
    MOST_BYTES,
    SIZES,
    News,
    activation_text,
    notice_text,
    padded,
    tag_of,
)
from backend.offline.content import Content, read_content
from backend.storage.documents import Document
from tests.words import telling

SITE = "https://appui.example"
ID = "0" * 36


@pytest.fixture(scope="module")
def content(val_doise: list[Document]) -> Content:
    return read_content(val_doise)


def shown(text: str) -> str:
    """All that a phone, a locked screen or a push service can show of a message."""
    notification = json.loads(text)["notification"]
    unseen = {"data", "navigate"}
    return " ".join(str(value) for name, value in notification.items() if name not in unseen)


def test_the_notice_of_every_contact_shows_neutral_words(content: Content) -> None:
    for id_ in content.contacts:
        text = notice_text(SITE, ID, 2, News(id_, "Fermé", []))
        assert telling(shown(text)) == [], id_
        assert json.loads(text)["notification"]["title"] == "Mise à jour"
        assert id_ not in shown(text)
    assert telling(shown(activation_text(SITE, "t" * 43))) == []


def test_two_contacts_never_share_a_tag(content: Content) -> None:
    assert len({tag_of(id_) for id_ in content.contacts}) == len(content.contacts)


@pytest.mark.parametrize("letter", ["a", "é", "’", "\U0001f600", '"', "\\", "\x01"])
@pytest.mark.parametrize("count", [0, 1, 84, 2_000])
def test_a_notice_fits_whatever_the_hours(letter: str, count: int) -> None:
    intervals: list[list[int | str]] = [[29_000_000 + 60 * number, 30, "appointment"] for number in range(count)]
    text = notice_text(SITE, ID, 9_999, News("c" * 60, letter * (2 * LONGEST_HOURS_TEXT), intervals))
    body = padded(text)
    assert len(text.encode()) <= MOST_BYTES
    assert len(body) in SIZES
    message = json.loads(body)
    assert (message["web_push"], message["mutable"]) == (8030, True)
    data = message["notification"]["data"]
    assert set(data) == {"notice", "edition", "contact", "hours_text", "intervals"}
    assert data["intervals"] == intervals[: len(data["intervals"])], "the nearest are kept"
    assert count == 0 or letter == "\x01" or data["intervals"]


def test_a_contact_that_is_no_more_is_told_as_such() -> None:
    data = json.loads(notice_text(SITE, ID, 2, News("3018", "Ce contact ne répond plus.", [], gone=True)))
    assert data["notification"]["data"]["gone"] is True


def test_an_address_that_leaves_no_room_is_refused_and_does_not_hang() -> None:
    with pytest.raises(ValueError, match="no room"):
        notice_text("https://" + "a" * MOST_BYTES, ID, 2, News("3018", "Fermé", []))

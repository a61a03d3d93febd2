"""When a notice leaves: at once where it matters within a day, else never at night in France."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from backend.clock import PARIS
from backend.notices.announce import Change
from backend.notices.message import News
from backend.notices.quiet import is_urgent, leaves_at, matters_until
from backend.offline.changes import CLOSED_WORDS, WITHDRAWN_WORDS, reach_changes
from backend.offline.content import Content, read_content
from backend.storage.documents import Document
from tests.workflow import small_pack

IN_A_WEEK = timedelta(days=7)


def paris(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=PARIS).astimezone(UTC)


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-11-25 07:59", "2026-11-25 08:00"),
        ("2026-11-25 08:00", "2026-11-25 08:00"),
        ("2026-11-25 21:59", "2026-11-25 21:59"),
        ("2026-11-25 22:00", "2026-11-26 08:00"),
        ("2026-11-25 00:30", "2026-11-25 08:00"),
        ("2026-12-31 23:00", "2027-01-01 08:00"),
        ("2026-03-28 22:30", "2026-03-29 08:00"),  # the clocks go forward that night
        ("2026-03-29 01:30", "2026-03-29 08:00"),
        ("2026-10-24 22:30", "2026-10-25 08:00"),  # and back
        ("2026-10-25 02:30", "2026-10-25 08:00"),
    ],
)
def test_what_can_wait_waits_for_the_morning(now: str, leaves: str) -> None:
    moment = paris(now)
    assert leaves_at(moment, moment + IN_A_WEEK) == paris(leaves)
    assert leaves_at(moment, moment + timedelta(hours=24)) == moment
    assert is_urgent(moment, moment + timedelta(hours=24))
    assert not is_urgent(moment, moment + timedelta(hours=24, seconds=1))


def test_it_is_kept_for_a_phone_that_is_off_as_long_as_it_matters() -> None:
    moment = paris("2026-11-25 12:00")
    assert matters_until(moment, moment + IN_A_WEEK) == moment + IN_A_WEEK
    assert matters_until(moment, moment) == moment + timedelta(hours=1)
    assert matters_until(moment, moment + 12 * IN_A_WEEK) == moment + timedelta(days=28)


def content(documents: list[Document], schedule: dict[str, Any] | None) -> Content:
    """The pack, where the 3018 has these hours."""
    return read_content(
        [_altered(one, schedule=schedule) if one.key == ("contact", "3018") else one for one in documents]
    )


def _altered(contact: Document, **values: Any) -> Document:
    return Document(contact.kind, contact.id, json.dumps({**json.loads(contact.body), **values}))


def change(documents: list[Document], now: str, before: dict[str, Any], after: dict[str, Any] | None) -> Change | None:
    found = reach_changes(content(documents, before), content(documents, after), paris(now))
    return found[0] if found else None


WEEKLY = {"weekly": {"mo": [["09:00", "12:00"]], "tu": [["14:00", "17:00"]]}}


@pytest.mark.parametrize(
    ("now", "begins"),
    [
        ("2026-11-22 20:00", "2026-11-23 09:00"),
        ("2026-11-23 10:30", "2026-11-23 10:30"),  # somebody would find the door shut now
        ("2026-11-23 23:00", "2026-11-30 09:00"),  # a Monday that is over: the next is in a week
        ("2026-11-22 00:30", "2026-11-23 09:00"),  # tomorrow, and more than a day away
    ],
)
def test_a_change_begins_at_the_first_minute_that_is_unlike_before(
    val_doise: list[Document], now: str, begins: str
) -> None:
    found = change(val_doise, now, WEEKLY, {"weekly": {"tu": WEEKLY["weekly"]["tu"]}})
    assert found is not None
    assert found.begins == paris(begins)


def test_a_change_is_over_with_the_last_minute_that_is_unlike_before(val_doise: list[Document]) -> None:
    shut = {"exceptions": [{"from": "2026-11-24", "until": "2026-11-24", "slots": [["14:00", "15:00"]]}]}
    found = change(val_doise, "2026-11-23 10:00", WEEKLY, {**WEEKLY, **shut})
    assert found is not None
    assert (found.begins, found.ends) == (paris("2026-11-24 15:00"), paris("2026-11-24 17:00"))


def test_what_was_unlike_this_morning_alone_is_told_to_nobody(val_doise: list[Document]) -> None:
    shut = {"exceptions": [{"from": "2026-11-23", "until": "2026-11-23", "slots": []}]}
    assert change(val_doise, "2026-11-23 14:00", WEEKLY, {**WEEKLY, **shut}) is None


def test_hours_that_nobody_knows_any_more_are_unlike_from_now_on(val_doise: list[Document]) -> None:
    found = change(val_doise, "2026-11-23 23:00", WEEKLY, None)
    assert found is not None
    assert not found.news.gone
    assert found.begins == paris("2026-11-23 23:00")


def test_who_follows_a_contact_that_is_withdrawn_is_told(val_doise: list[Document]) -> None:
    """A phone without a network would go on saying that its number answers."""
    gone = {"withdrawn": "Ce numéro ne répond plus.", "value": None}
    after = [_altered(one, **gone) if one.key == ("contact", "3018") else one for one in val_doise]
    (found,) = reach_changes(read_content(val_doise), read_content(after), paris("2026-11-23 23:00"))
    assert found.begins == paris("2026-11-23 23:00")
    assert found.news == News("3018", WITHDRAWN_WORDS, [], gone=True)
    assert reach_changes(read_content(after), read_content(after), paris("2026-11-23 23:00")) == []


@pytest.mark.parametrize("schedule", [WEEKLY, None])
def test_who_follows_a_contact_of_a_closed_organisation_is_told(schedule: dict[str, Any] | None) -> None:
    """Its hours may have been taken away with it: its number is not to be called all the same."""
    key = ("contact", "a")
    before = [_altered(one, schedule=WEEKLY) if one.key == key else one for one in small_pack()]
    closed: dict[tuple[str, str], dict[str, Any]] = {
        ("organisation", "a"): {"closed_on": "2026-11-01", "successors": ["b"]},
        key: {"schedule": schedule, "value": None},
    }
    after = [_altered(one, **closed[one.key]) if one.key in closed else one for one in before]
    (found,) = reach_changes(read_content(before), read_content(after), paris("2026-11-23 23:00"))
    assert found.news == News("a", CLOSED_WORDS, [], gone=True)

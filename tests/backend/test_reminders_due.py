"""Who is reminded on which day: a table, no database and no clock."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest

from backend.offline.desk.reminding import Directory, asked_since, is_due, read_directory, who_is_due
from backend.staff.policy import Person, Role
from backend.storage.documents import Document
from tests.workflow import small_pack

DAY = date(2026, 11, 24)
EDITOR_OF_A = Person("a", "A", roles={"a": Role.EDITOR})
EDITOR_OF_B = Person("b", "B", roles={"b": Role.MANAGER})
ADMINISTRATOR = Person("c", "C", administrator=True)


def directory(**changes: dict[str, object]) -> Directory:
    """The small pack, its contact a (and its organisation, `a_organisation`) changed."""
    named = {("contact", "a"): "a", ("contact", "b"): "b", ("organisation", "a"): "a_organisation"}
    documents = []
    for found in small_pack():
        more = changes.get(named.get(found.key, ""))
        body = json.dumps(json.loads(found.body) | more) if more else found.body
        documents.append(Document(found.kind, found.id, body))
    return read_directory(documents)


def by(days: int) -> dict[str, object]:
    """To be confirmed in so many days from DAY (past: negative)."""
    return {"confirm_by": str(DAY + timedelta(days)), "confirmed_on": str(DAY - timedelta(700))}


@pytest.mark.parametrize(
    ("days", "since"),
    [
        (200, None),
        (7, None),  # to confirm in eight days
        (6, 0),  # in seven
        (5, -1),
        (0, -6),  # the last good day
        (-1, 0),  # to confirm since today
        (-90, -89),
        (-91, 0),  # stale since today
        (-92, -1),
        (-366, 0),  # taken out of lists today
        (-600, -234),
    ],
)
def test_since_when_it_is_asked_for(days: int, since: int | None) -> None:
    found = directory(a=by(days))
    asked = asked_since(found.contacts["a"], found.organisations["a"], DAY)
    assert asked == (None if since is None else DAY + timedelta(since))


def test_what_is_closed_or_withdrawn_asks_for_nothing_and_what_was_never_confirmed_does() -> None:
    closed = directory(a={**by(-3), "value": None}, a_organisation={"closed_on": "2026-01-01", "successors": ["b"]})
    assert asked_since(closed.contacts["a"], closed.organisations["a"], DAY) is None
    withdrawn = directory(a={**by(-3), "value": None, "withdrawn": "plus de réponse"})
    assert asked_since(withdrawn.contacts["a"], withdrawn.organisations["a"], DAY) is None
    fresh = directory(a={"confirmed_on": None, "beside": ["b"]})
    assert asked_since(fresh.contacts["a"], fresh.organisations["a"], DAY) == date.min


@pytest.mark.parametrize(
    ("last", "due"), [(None, True), (-8, True), (-7, True), (-6, True), (-5, False), (-1, False), (0, False)]
)
def test_not_again_until_more_is_asked_or_a_week_has_passed(last: int | None, due: bool) -> None:
    """To confirm for five days: told before that is one thing, told since another."""
    told = None if last is None else DAY + timedelta(last)
    assert is_due(EDITOR_OF_A, directory(a=by(-6)), told, DAY) is due


def test_what_a_colleague_confirmed_is_no_news() -> None:
    told = DAY - timedelta(2)
    assert not is_due(ADMINISTRATOR, directory(a=by(-6), b=by(-6)), told, DAY)
    assert not is_due(ADMINISTRATOR, directory(a=by(-6)), told, DAY)
    assert is_due(ADMINISTRATOR, directory(a=by(-6), b=by(-2)), told, DAY)


def test_only_who_may_confirm_it_and_nobody_where_all_is_confirmed() -> None:
    people = [EDITOR_OF_A, EDITOR_OF_B, ADMINISTRATOR, Person("d", "D")]
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert who_is_due(people, directory(a=by(-1)), {}, moment) == ["a", "c"]
    assert who_is_due(people, directory(a=by(-1)), {"a": moment - timedelta(hours=2)}, moment) == ["c"]
    assert who_is_due(people, directory(), {}, moment) == []


def test_each_stage_rings_once_and_then_every_week() -> None:
    """Nobody confirms: the days on which one contact rings, and no two within a week but at a new stage."""
    found, last, rung = directory(a=by(0)), None, []
    for number in range(-30, 120):
        day = DAY + timedelta(number)
        if is_due(EDITOR_OF_A, found, last, day):
            last = day
            rung.append(number)
    assert rung[:4] == [-6, 1, 8, 15]
    assert 91 in rung
    assert all(later - earlier == 7 or later == 91 for earlier, later in pairwise(rung))

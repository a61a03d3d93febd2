"""Somebody alone who invites themselves to approve their own number is told to who administers, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend import clock
from backend.staff.audit import CAME_BACK, JOINED, record
from backend.storage.engine import writing
from tests.office import Office, Worker, values_of

REVIEW = "/equipe/relire/contact/a/"
TOLD = "Relu par quelqu’un à qui l’auteur venait de donner un accès, ou l’inverse"


def approved(opened: Office, hours_ago: int, by: Worker | None = None, author_is_new: bool = False) -> None:
    """Ana writes, Eve approves; Ana or `by` let Eve in, or Eve Ana."""
    ana, eve = opened.worker("manager", "a", "Ana"), opened.worker("approver", "a", "Eve")
    with writing(opened.engine).begin() as connection:
        new, host = (ana, eve) if author_is_new else (eve, by or ana)
        details = {"role": "approver", "organisation": "a", "invited by": host.person.id}
        record(connection, new.person, JOINED, new.person.id, details, clock.now() - timedelta(hours=hours_ago))
    opened.draft(ana, value="0130303039")
    eve.post(REVIEW, values_of(eve.get(REVIEW)) | {"appele": "1"})


@pytest.mark.parametrize("author_is_new", [False, True])
def test_an_approval_where_one_had_just_invited_the_other_is_told(opened: Office, author_is_new: bool) -> None:
    boss = opened.worker("administrator")
    approved(opened, hours_ago=1, author_is_new=author_is_new)
    words = boss.get("/equipe/").first("main").words
    assert TOLD in words
    assert "Contact a : le journal dit par qui" in words.replace("\u00a0", " ")
    assert "peu après un accès donné entre cette personne et l’auteur" in boss.get("/equipe/journal/").words


@pytest.mark.parametrize(("by_the_administrator", "hours_ago"), [(True, 1), (False, 7 * 24 + 1)])
def test_who_was_invited_by_others_or_long_ago_is_a_colleague(
    opened: Office, by_the_administrator: bool, hours_ago: int
) -> None:
    boss = opened.worker("administrator")
    approved(opened, hours_ago, boss if by_the_administrator else None)
    assert TOLD not in boss.get("/equipe/").first("main").words
    assert "peu après" not in boss.get("/equipe/journal/").words


@pytest.mark.parametrize("way", ["by a friend of a friend", "as a colleague"])
def test_ways_round_it_are_told_too(opened: Office, way: str) -> None:
    """Ana lets Bob in, who lets Eve in; or an administrator gives a colleague's access anew, and takes it."""
    boss = opened.worker("administrator")
    ana, eve = opened.worker("manager", "a", "Ana"), opened.worker("approver", "a", "Eve")
    came = [(JOINED, "bob", ana.person.id), (JOINED, eve.person.id, "bob")]
    with writing(opened.engine).begin() as connection:
        for action, person, host in (
            came if way == "by a friend of a friend" else [(CAME_BACK, eve.person.id, ana.person.id)]
        ):
            record(connection, person, action, person, {"invited by": host}, clock.now() - timedelta(days=6))
    opened.draft(ana, value="0130303039")
    eve.post(REVIEW, values_of(eve.get(REVIEW)) | {"appele": "1"})
    assert TOLD in boss.get("/equipe/").first("main").words


def test_two_whom_a_third_let_in_are_colleagues(opened: Office) -> None:
    boss = opened.worker("administrator")
    ana, eve = opened.worker("manager", "a", "Ana"), opened.worker("approver", "a", "Eve")
    with writing(opened.engine).begin() as connection:
        for person in (ana.person.id, eve.person.id):
            record(connection, person, JOINED, person, {"invited by": boss.person.id}, clock.now())
    opened.draft(ana, value="0130303039")
    eve.post(REVIEW, values_of(eve.get(REVIEW)) | {"appele": "1"})
    assert TOLD not in boss.get("/equipe/").first("main").words

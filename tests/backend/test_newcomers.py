"""Somebody alone who invites themselves to approve their own number is told to who administers, on both databases."""

from __future__ import annotations

from datetime import timedelta

import pytest

from backend import clock
from backend.staff.audit import JOINED, record
from backend.storage.engine import writing
from tests.office import Office, Worker, values_of

REVIEW = "/equipe/relire/contact/a/"
TOLD = "Relu par quelqu’un que l’auteur venait d’inviter"


def approved(opened: Office, hours_ago: int, by: Worker | None = None) -> None:
    """Ana writes, Eve approves, whom Ana or `by` let in."""
    ana, eve = opened.worker("manager", "a", "Ana"), opened.worker("approver", "a", "Eve")
    with writing(opened.engine).begin() as connection:
        details = {"role": "approver", "organisation": "a", "invited by": (by or ana).person.id}
        record(connection, eve.person, JOINED, eve.person.id, details, clock.now() - timedelta(hours=hours_ago))
    opened.draft(ana, value="0130303039")
    eve.post(REVIEW, values_of(eve.get(REVIEW)) | {"appele": "1"})


def test_an_approval_by_who_was_just_invited_by_the_author_is_told(opened: Office) -> None:
    boss = opened.worker("administrator")
    approved(opened, hours_ago=1)
    words = boss.get("/equipe/").first("main").words
    assert TOLD in words
    assert "Contact a : le journal dit par qui" in words.replace("\u00a0", " ")
    assert "peu après avoir été invité par qui l’a écrit" in boss.get("/equipe/journal/").words


@pytest.mark.parametrize(("by_the_administrator", "hours_ago"), [(True, 1), (False, 25)])
def test_who_was_invited_by_others_or_long_ago_is_a_colleague(
    opened: Office, by_the_administrator: bool, hours_ago: int
) -> None:
    boss = opened.worker("administrator")
    approved(opened, hours_ago, boss if by_the_administrator else None)
    assert TOLD not in boss.get("/equipe/").first("main").words
    assert "peu après" not in boss.get("/equipe/journal/").words

"""Which changes a second person must see, and who that can be: rules alone, no database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.offline.four_eyes import authors, facts, needs_second_person, risks, versions
from backend.storage.revisions import OPERATOR, Revision
from tests.workflow import GUIDE, ORGANISATION, WEEKLY, contact

CONTACT = contact("a", "Alpha", "0130303030")


def fields(kind: str, before: Any, after: Any) -> set[str]:
    bodies = [None if side is None else side if isinstance(side, str) else json.dumps(side) for side in (before, after)]
    return {risk.field for risk in risks(facts(kind, bodies[0]), facts(kind, bodies[1]))}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "0130303031"}, "value"),
        ({"value": None, "withdrawn": "Ne répond plus"}, "withdrawn"),
        ({"label": "Alfa"}, "label"),
        ({"kind": "sms"}, "kind"),
        ({"organisation": "b"}, "organisation"),
        ({"emergency": True}, "emergency"),
        ({"note": "Ou le 01 30 30 30 31"}, "note"),
        ({"expect": "Écrivez à a@exemple.fr"}, "expect"),
        ({"source": {"title": "A", "url": "https://exemple.fr/"}}, "source"),
        ({"schedule": WEEKLY | {"note": "Le soir, le 3019"}}, "schedule"),
        ({"schedule": WEEKLY | {"exceptions": [{"from": "2026-12-24", "until": "2026-12-24", "slots": [],
                                                "reason": "appelez le 3019"}]}}, "schedule"),
        ({"hours_text": "Le 06 12 12 12 12 le soir", "schedule": None}, "hours_text"),
    ],
)  # fmt: skip
def test_a_contact_that_leads_elsewhere_is_risky(change: dict[str, Any], field: str) -> None:
    assert field in fields("contact", CONTACT, CONTACT | change)
    assert field in fields("contact", CONTACT | change, CONTACT), "and back"


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": {"weekly": {"tu": [["14:00", "17:30"]]}, "exceptions": [
            {"from": "2026-12-24", "until": "2026-12-26", "slots": [], "reason": "fermeture"}]}},
        {"confirmed_on": "2026-11-24", "confirm_by": "2027-05-24"},
        {"for": "Parler, sans rendez-vous", "cost": "Gratuit", "languages": ["fr", "en"], "note": "Dès 15 ans"},
        {"schedule": None},
    ],
)  # fmt: skip
def test_hours_and_plain_words_are_not(change: dict[str, Any]) -> None:
    assert fields("contact", CONTACT, CONTACT | change) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "B"},
        {"address": "2 rue A"},
        {"closed_on": "2026-11-23"},
        {"successors": ["b"]},
        {"website": "https://exemple.fr/"},
        {"scope": "national"},  # its lines are shown beside others then, as safe ones
    ],
)
def test_an_organisation_that_moves_or_closes_is_risky(change: dict[str, Any]) -> None:
    assert fields("organisation", ORGANISATION, ORGANISATION | change) == set(change)


def test_what_appears_is_judged_by_what_it_holds_and_what_goes_is_risky() -> None:
    assert {"value", "label", "organisation"} <= fields("contact", None, CONTACT)
    assert fields("guide", None, GUIDE) == set()
    assert fields("guide", None, GUIDE + "\nAppelez le 3018.") == {"text"}
    for kind, body in (("contact", CONTACT), ("organisation", ORGANISATION), ("guide", GUIDE)):
        assert fields(kind, body, None) == {"document"}


def test_numbers_of_a_guide_that_change_places_are_seen() -> None:
    hers, his = GUIDE + "Parents : 3018. Couple : 3919.", GUIDE + "Parents : 3919. Couple : 3018."
    assert fields("guide", hers, his) == {"text"}
    assert fields("guide", hers, hers.replace("Parents", "Père, mère")) == set()


def written(*versions: tuple[str, dict[str, Any]]) -> list[Revision]:
    """A history, given oldest first."""
    revisions = [
        Revision("contact", "a", number, json.dumps(body), author, number)
        for number, (author, body) in enumerate(versions, 1)
    ]
    return revisions[::-1]


def waits(history: list[Revision], published: dict[str, Any] = CONTACT) -> bool:
    found = risks(facts("contact", json.dumps(published)), facts("contact", history[0].body))
    return needs_second_person(found, versions(history))


def test_only_the_operator_s_own_number_goes_out_unseen() -> None:
    wrong, right, later = CONTACT | {"value": "3019"}, CONTACT | {"value": "3020"}, CONTACT | {"note": "Ouvert"}
    assert waits(written((OPERATOR, CONTACT), ("ana", wrong)))
    assert not waits(written((OPERATOR, CONTACT), (OPERATOR, wrong)))
    # Commands that keep the number another typed do not make it the operator's.
    assert waits(written((OPERATOR, CONTACT), ("ana", wrong), (OPERATOR, wrong | {"note": "Ouvert"})))
    # A number of the operator's own takes its place.
    assert not waits(written((OPERATOR, CONTACT), ("ana", wrong), (OPERATOR, right)))
    # Hours saved by somebody above the operator's number leave it his.
    assert not waits(written((OPERATOR, CONTACT), (OPERATOR, right), ("ana", right | later | {"value": "3020"})))
    unexplained = risks(facts("contact", json.dumps(CONTACT)), facts("contact", json.dumps(wrong)))
    assert needs_second_person(unexplained, []), "no revision tells who wrote it"


def test_whoever_touched_the_number_cannot_approve_it() -> None:
    wrong, other = CONTACT | {"value": "3019"}, CONTACT | {"value": "3020"}
    published = json.dumps(CONTACT)
    history = written((OPERATOR, CONTACT), ("ana", wrong), ("ben", other), ("eve", other | {"note": "Ouvert"}))
    assert authors("contact", published, versions(history)) == {"ana", "ben"}
    # What came before the version that readers have is no part of the change.
    history = written((OPERATOR, other), ("ana", CONTACT), ("ben", wrong))
    assert authors("contact", published, versions(history)) == {"ben"}
    # Hours that went out alone made an edition that is nobody's version.
    hours_alone = json.dumps(CONTACT | {"schedule": WEEKLY | {"note": "Le soir"}})
    assert authors("contact", hours_alone, versions(history)) == {"ben"}

"""What goes out while something waits: the rest, as far as it holds together. No database."""

from __future__ import annotations

import json
from typing import Any

import pytest

from backend.offline.four_eyes import facts, risks
from backend.offline.selection import HOURS, select
from backend.records import ContentError
from backend.storage.documents import Document
from tests.workflow import GUIDE, ORGANISATION, contact, small_pack


def changed(id_: str, kind: str = "contact", **values: Any) -> list[Document]:
    return [
        Document(d.kind, d.id, json.dumps(json.loads(d.body) | values)) if d.key == (kind, id_) else d
        for d in small_pack()
    ]


def body(documents: list[Document], id_: str, kind: str = "contact") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next(d.body for d in documents if d.key == (kind, id_)))
    return found


A = ("contact", "a")
SHUT: dict[str, Any] = {"weekly": {}}


def test_what_waits_is_held_and_its_hours_go_out() -> None:
    drafts = changed("a", value="3019", schedule=SHUT, note="Neuf")
    selection = select(small_pack(), drafts, {A: ()})
    assert body(selection.documents, "a") == body(small_pack(), "a") | {"schedule": SHUT}
    assert selection.held == {A}
    assert select(small_pack(), drafts, {}).documents == drafts


def test_a_number_hidden_in_hours_is_held_with_them() -> None:
    drafts = changed("a", schedule=SHUT | {"note": "Appelez le 3019"})
    found = risks(facts("contact", small_pack()[3].body), facts("contact", drafts[3].body))
    assert select(small_pack(), drafts, {A: found}).documents == small_pack()


def test_one_contact_alone_or_its_hours_alone() -> None:
    drafts = changed("a", schedule=SHUT, note="Neuf")
    drafts[-1] = Document("guide", "un", GUIDE + "\nEncore.")
    alone = select(small_pack(), drafts, {}, only={A})
    assert alone.held == {("guide", "un")}
    assert body(alone.documents, "a") == body(drafts, "a")
    hours = select(small_pack(), drafts, {}, only={A}, fields=HOURS)
    assert body(hours.documents, "a")["schedule"] == SHUT
    assert "note" not in body(hours.documents, "a")


def test_a_draft_that_leans_on_one_that_waits_waits_too() -> None:
    new = Document("contact", "c", json.dumps(contact("c", "Gamma", "0130303033") | {"organisation": "a"}))
    guide = Document("guide", "un", GUIDE + "\n@contact c\n")
    drafts = [*small_pack()[:-1], new, guide]
    selection = select(small_pack(), drafts, {new.key: ()})
    assert selection.documents == small_pack()
    assert selection.held == {new.key, guide.key}


def test_a_closed_organisation_and_its_empty_contact_go_together() -> None:
    drafts = changed("a", value=None)
    drafts[1] = Document(
        "organisation", "a", json.dumps(ORGANISATION | {"closed_on": "2026-11-23", "successors": ["b"]})
    )
    # Its contact waits, so it still has a number: the organisation cannot be closed yet.
    selection = select(small_pack(), drafts, {A: ()})
    assert selection.documents == small_pack()
    assert select(small_pack(), drafts, {}).documents == drafts


def test_what_goes_keeps_its_place_until_somebody_agrees() -> None:
    drafts = [d for d in changed("a", "organisation", successors=[]) if d.key != A]
    selection = select(small_pack(), drafts, {A: (), ("organisation", "a"): ()})
    assert selection.documents == small_pack()


def test_drafts_that_do_not_hold_together_are_told() -> None:
    with pytest.raises(ContentError):
        select(small_pack(), changed("a", organisation="nobody"), {A: ()})

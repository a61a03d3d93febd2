"""Approving on both databases: by somebody else, of exactly what was seen; and what the commands let out."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import Engine, insert

from backend.offline.approvals import ChangedSinceError, OwnChangeError, approve
from backend.offline.changes_waiting import change_of
from backend.offline.choosing import go_back, step_back
from backend.offline.editions import load_drafts
from backend.offline.publish import publish, publish_in
from backend.offline.revisions import draft_revision, save_draft
from backend.offline.selection import as_they_are
from backend.offline.signing import load_key
from backend.offline.tables import approvals
from backend.settings import Settings
from backend.staff.people import remove_person
from backend.storage.documents import load_documents, replace_documents
from backend.storage.engine import writing
from backend.storage.revisions import Writing
from tests.backend.one_contact import EXIT, NOW, Desk
from tests.workflow import small_pack


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Desk:
    return Desk(engine, load_key(settings.keys_dir))


def test_a_number_goes_out_once_somebody_else_has_approved_it(desk: Desk) -> None:
    desk.save("ana", value="0130303039", schedule={"weekly": {"tu": [["14:00", "16:00"]]}})
    assert desk.change().waits
    published = desk.publish()
    assert published["value"] == "0130303030"
    assert published["schedule"]["weekly"] == {"tu": [["14:00", "16:00"]]}, "its hours do not wait"
    desk.approve("ben")
    assert desk.change().approver == "ben"
    assert desk.publish()["value"] == "0130303039"


def test_an_approval_that_the_journal_does_not_hold_counts_for_nothing(desk: Desk) -> None:
    """Put into the database by somebody who has no key to seal an entry with."""
    desk.save("ana", value="0130303039")
    seen = desk.change()
    row = {"kind": "contact", "id": "a", "revision": seen.revision, "old": seen.old, "new": seen.new}
    with writing(desk.engine).begin() as connection:
        connection.execute(insert(approvals).values(**row, approver="ben", moment=0))
    assert desk.change().waits
    assert desk.publish()["value"] == "0130303030"


def test_what_somebody_approved_who_was_removed_since_waits_again(desk: Desk) -> None:
    """One is removed because one cannot be trusted any more: not for what has not gone out yet either."""
    desk.save("ana", value="0130303039")
    desk.approve("ben")
    with writing(desk.engine).begin() as connection:
        remove_person(connection, "ben", NOW)
    assert desk.change().waits
    assert desk.publish()["value"] == "0130303030"
    desk.approve("eve")
    assert desk.publish()["value"] == "0130303039"


def test_half_a_closure_does_not_go_out(desk: Desk) -> None:
    """A page without its number, and without a word of why: its organisation is still open for readers."""
    desk.save("ana", value=None)
    with writing(desk.engine).begin() as connection:
        drafts = {draft.key: draft.body for draft in load_documents(connection)}
        closed = json.dumps(json.loads(drafts["organisation", "a"]) | {"closed_on": "2026-11-20", "successors": ["b"]})
        save_draft(connection, "organisation", "a", closed, "ana", draft_revision(connection, "organisation", "a"), NOW)
    desk.approve("ben")
    assert desk.publish()["value"] == "0130303030"
    with writing(desk.engine).begin() as connection:
        seen = change_of(connection, ("organisation", "a"))
        assert seen is not None
        approve(connection, seen.key, seen.old, seen.new, "ben", NOW)
    assert desk.publish()["value"] is None


def test_nobody_approves_what_they_wrote_even_if_somebody_else_wrote_last(desk: Desk) -> None:
    desk.save("ana", value="0130303039")
    desk.save("ben", note="Ouvert à tous")
    with pytest.raises(OwnChangeError):
        desk.approve("ana")
    desk.save("eve", value="0130303038")
    for writer in ("ana", "eve"):
        with pytest.raises(OwnChangeError):
            desk.approve(writer)
    desk.approve("ben")  # who touched neither number
    assert desk.publish()["value"] == "0130303038"


def test_edited_after_approval_it_waits_again_even_edited_back(desk: Desk) -> None:
    desk.save("ana", value="0130303039")
    seen = desk.change()
    desk.approve("ben")
    desk.save("ben", value="0130303038")
    assert desk.publish()["value"] == "0130303030"
    desk.save("ben", value="0130303039")
    assert (desk.change().old, desk.change().new) == (seen.old, seen.new)
    assert desk.change().waits, "the same words, another revision"
    with pytest.raises(OwnChangeError):
        desk.approve("ben", seen)
    assert desk.publish()["value"] == "0130303030"


def test_a_screen_left_open_approves_nothing_that_moved(desk: Desk) -> None:
    desk.save("ana", value="0130303039")
    seen = desk.change()
    desk.save("eve", note="Ouvert à tous")
    with pytest.raises(ChangedSinceError):
        desk.approve("ben", seen)
    # What is published moved: the comparison is another one.
    seen = desk.change()
    desk.save("eve", schedule={"weekly": {}})
    desk.publish()
    with pytest.raises(ChangedSinceError):
        desk.approve("ben", seen)


def test_an_undo_voids_an_approval_even_once_the_same_words_are_published_again(engine: Engine, desk: Desk) -> None:
    desk.save("ana", value="0130303039", schedule={"weekly": {"tu": [["14:00", "16:00"]]}})
    desk.publish()
    seen = desk.change()
    desk.approve("ben")
    with writing(engine).begin() as connection:
        publish_in(connection, desk.key, EXIT, NOW, "", as_they_are(go_back(connection, 1, Writing("eve", NOW))))
    desk.publish()
    assert (desk.change().old, desk.change().new) == (seen.old, seen.new)
    assert desk.change().waits
    assert desk.publish()["value"] == "0130303030"
    desk.approve("ben")
    assert desk.publish()["value"] == "0130303039"


def take_away_b(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        save_draft(connection, "contact", "b", None, "ana", draft_revision(connection, "contact", "b"), NOW)


def approve_b(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        change = change_of(connection, ("contact", "b"))
        assert change is not None
        approve(connection, ("contact", "b"), change.old, change.new, "ben", NOW)


def contacts_of(engine: Engine, edition: int) -> list[str]:
    with engine.connect() as connection:
        return [d.id for d in load_drafts(connection, edition) or () if d.kind == "contact"]


def test_a_contact_taken_away_stays_until_somebody_else_agrees(engine: Engine, desk: Desk) -> None:
    take_away_b(engine)
    publish(engine, desk.key, EXIT, NOW)
    assert contacts_of(engine, 2) == ["a", "b"]
    approve_b(engine)
    publish(engine, desk.key, EXIT, NOW)
    assert contacts_of(engine, 3) == ["a"]


def test_stepping_back_to_an_edition_without_it_lets_an_agreed_removal_go_out(engine: Engine, desk: Desk) -> None:
    with_b = small_pack()
    with writing(engine).begin() as connection:
        replace_documents(connection, [d for d in with_b if d.key != ("contact", "b")])
    publish(engine, desk.key, EXIT, NOW)
    with writing(engine).begin() as connection:
        replace_documents(connection, with_b)
    publish(engine, desk.key, EXIT, NOW)
    take_away_b(engine)
    approve_b(engine)
    with writing(engine).begin() as connection:
        selection = step_back(connection, 2, Writing("eve", NOW))
        publish_in(connection, desk.key, EXIT, NOW, "", selection)
    assert contacts_of(engine, 4) == ["a"]

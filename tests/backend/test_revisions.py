"""Drafts on both databases: every one kept, two people editing the same thing see it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine

from backend.offline.revisions import NEW, ConflictError, draft_revision, restore_revision, save_draft
from backend.records import ContentError, RefusedError
from backend.staff import audit
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR, history
from tests.workflow import small_pack

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@pytest.fixture
def drafted(engine: Engine) -> Engine:
    with writing(engine).begin() as connection:
        replace_documents(connection, small_pack())
    return engine


def body_of(engine: Engine, id_: str = "a", **changes: object) -> str:
    with engine.connect() as connection:
        draft = next(d for d in load_documents(connection) if d.key == ("contact", id_))
    return json.dumps(json.loads(draft.body) | changes)


def save(engine: Engine, body: str | None, author: str, based_on: int, id_: str = "a") -> int:
    with writing(engine).begin() as connection:
        return save_draft(connection, "contact", id_, body, author, based_on, NOW)


def test_every_draft_is_kept_with_its_author(drafted: Engine) -> None:
    first, second = body_of(drafted, note="Un"), body_of(drafted, note="Deux")
    assert save(drafted, first, "ana", 1) == 2
    assert save(drafted, second, "ben", 2) == 3
    with drafted.connect() as connection:
        kept = history(connection, ("contact", "a"))
        assert [(r.number, r.author, r.moment) for r in kept] == [
            (3, "ben", int(NOW.timestamp())),
            (2, "ana", int(NOW.timestamp())),
            (1, OPERATOR, kept[2].moment),
        ]
        assert [r.body for r in kept[:2]] == [second, first]
        assert Document("contact", "a", second) in load_documents(connection)


def test_two_people_editing_the_same_thing_see_it_and_nothing_is_lost(drafted: Engine) -> None:
    hers, his = body_of(drafted, note="Elle"), body_of(drafted, note="Lui")
    save(drafted, hers, "ana", 1)
    with pytest.raises(ConflictError) as seen:
        save(drafted, his, "ben", 1)
    assert (seen.value.theirs.author, seen.value.theirs.body, seen.value.theirs.number) == ("ana", hers, 2)
    assert body_of(drafted) == json.dumps(json.loads(hers))
    # Having seen hers, he may still write his.
    assert save(drafted, his, "ben", 2) == 3


def test_the_same_form_sent_twice_is_one_revision(drafted: Engine) -> None:
    body = body_of(drafted, note="Un")
    assert save(drafted, body, "ana", 1) == 2
    assert save(drafted, body, "ana", 1) == 2


def test_an_older_version_comes_back_as_a_new_one(drafted: Engine) -> None:
    before = body_of(drafted)
    save(drafted, body_of(drafted, note="Un"), "ana", 1)
    with writing(drafted).begin() as connection:
        assert restore_revision(connection, ("contact", "a"), 1, "ben", 2, NOW) == 3
        assert history(connection, ("contact", "a"))[0].author == "ben"
        with pytest.raises(RefusedError):
            restore_revision(connection, ("contact", "a"), 9, "ben", 3, NOW)
    assert json.loads(body_of(drafted)) == json.loads(before)


def test_what_would_not_hold_together_is_not_kept(drafted: Engine) -> None:
    with pytest.raises(ContentError):
        save(drafted, body_of(drafted, organisation="nobody"), "ana", 1)
    with pytest.raises(ContentError):  # organisation a sends people to it
        save(drafted, None, "ana", 1)
    with drafted.connect() as connection:
        assert draft_revision(connection, "contact", "a") == 1


def test_a_document_is_made_taken_away_and_made_again(drafted: Engine) -> None:
    new = body_of(drafted, id="c", value="0130303030")
    assert save(drafted, new, "ana", NEW, "c") == 1
    assert save(drafted, None, "ben", 1, "c") == 2
    with drafted.connect() as connection:
        assert ("contact", "c") not in {d.key for d in load_documents(connection)}
    with pytest.raises(ConflictError):
        save(drafted, new, "ana", NEW, "c")
    assert save(drafted, new, "ana", 2, "c") == 3


def test_each_saving_is_a_line_of_the_journal(drafted: Engine) -> None:
    """Who, which document, which revision; not what was written, and nothing where nothing was."""
    secret = body_of(drafted, id="c", value="0130303030", note="Un mot")
    save(drafted, secret, "ana", NEW, "c")
    save(drafted, secret, "ana", NEW, "c")
    save(drafted, None, "ben", 1, "c")
    with pytest.raises(ConflictError):
        save(drafted, secret, "ana", NEW, "c")
    with drafted.connect() as connection:
        told = [(e.actor, e.action, e.subject, e.details) for e in audit.entries(connection)]
    assert told == [
        ("ana", "save", "contact/c", '{"revision": 1}'),
        ("ben", "take away", "contact/c", '{"revision": 2}'),
    ]


def test_commands_leave_revisions_of_what_they_changed_alone(drafted: Engine) -> None:
    changed = [
        Document(d.kind, d.id, d.body.replace("Alpha", "Alpha bis")) if d.key == ("contact", "a") else d
        for d in small_pack()
    ]
    with writing(drafted).begin() as connection:
        replace_documents(connection, changed)
        assert draft_revision(connection, "contact", "a") == 2
        assert draft_revision(connection, "contact", "b") == 1
        replace_documents(connection, [d for d in changed if d.key != ("contact", "b")])
        assert history(connection, ("contact", "b"))[0].body is None

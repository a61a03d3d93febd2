"""The editing workflow held against a model: whatever people do, in whatever order, no unapproved number goes out."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import Engine, delete

from backend.offline import assets, editions, publish
from backend.offline.approvals import ChangedSinceError, OwnChangeError, approve
from backend.offline.choosing import chosen, go_back, step_back
from backend.offline.editions import last_number, load_blobs, load_drafts, load_edition
from backend.offline.four_eyes import digest
from backend.offline.manifest import parse_signed
from backend.offline.revisions import ConflictError, draft_revision, restore_revision, save_draft
from backend.offline.selection import HOURS, Selection, as_they_are
from backend.offline.signing import SigningKey, load_key
from backend.settings import Settings
from backend.storage.append_only import lock_audit, unlock_audit
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.revisions import OPERATOR, Writing, history
from backend.storage.tables import metadata
from tests.backend.workflow_model import Modelled, written
from tests.workflow import small_pack, welcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXIT = "https://example.org/"
PEOPLE = ("ana", "ben", "eve")
IDS = ("x", "y")
# Most of what happens, happens to one contact: that is where people meet.
people, ids = st.sampled_from(PEOPLE), st.sampled_from(("x", "x", "x", "y"))
numbers = st.sampled_from(["0130303030", "0130303031", "3018"])
notes = st.sampled_from([None, "Ouvert à tous", "Ou le 01 30 30 30 39", "Ou le 06 06 06 06 06"])
hours = st.sampled_from(["09:00", "10:00"])


class Workflow(RuleBasedStateMachine):
    engine: Engine
    key: SigningKey
    settings: Settings

    def __init__(self) -> None:
        super().__init__()
        with writing(self.engine).begin() as connection:
            unlock_audit(connection)  # an example begins with an empty journal, which nobody could make otherwise
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            lock_audit(connection)
            first = {id_: written(id_, "0130303030", None, "09:00") for id_ in IDS}
            pack = [*small_pack()[:-1], *(Document("contact", id_, body) for id_, body in first.items())]
            replace_documents(connection, pack)
            welcome(connection, *PEOPLE)
        self.model = {id_: Modelled(versions=[(OPERATOR, body)]) for id_, body in first.items()}
        self.seen: list[tuple[str, str | None, str | None]] = []
        self.clock = NOW
        self.shelf: list[dict[str, str | None]] = []  # what each edition said, by the model
        self._publish()

    # what people do

    @rule(id_=ids, who=people, value=numbers, note=notes, start=hours)
    def save(self, id_: str, who: str, value: str, note: str | None, start: str) -> None:
        self._save(id_, who, written(id_, value, note, start))

    @rule(id_=ids, who=people, value=numbers)
    def change_the_number(self, id_: str, who: str, value: str) -> None:
        self._edit(id_, who, value=value)

    @rule(id_=ids, who=people, start=hours)
    def change_hours(self, id_: str, who: str, start: str) -> None:
        self._edit(id_, who, schedule={"weekly": {"mo": [[start, "12:00"]]}})

    @rule(id_=ids, who=people)
    def take_away(self, id_: str, who: str) -> None:
        self._save(id_, who, None)

    @rule(id_=ids, who=people, value=numbers)
    def save_from_a_stale_form(self, id_: str, who: str, value: str) -> None:
        body = written(id_, value, None, "08:00")
        with writing(self.engine).begin() as connection:
            stale = draft_revision(connection, "contact", id_) - 1
            with pytest.raises(ConflictError):
                save_draft(connection, "contact", id_, body, who, stale, self.clock)

    @rule(id_=ids, who=people, back=st.integers(1, 4))
    def restore(self, id_: str, who: str, back: int) -> None:
        with writing(self.engine).begin() as connection:
            now = draft_revision(connection, "contact", id_)
            number = max(1, now - back)
            restore_revision(connection, ("contact", id_), number, who, now, self.clock)
        self.model[id_].write(who, self.model[id_].versions[number - 1][1])

    @rule(id_=ids, who=people)
    def approve_what_stands(self, id_: str, who: str) -> None:
        model = self.model[id_]
        self._approve(id_, who, model.published, model.draft)

    @rule(id_=ids)
    def look(self, id_: str) -> None:
        """A screen left open, to approve later."""
        model = self.model[id_]
        self.seen.append((id_, model.published, model.draft))

    @precondition(lambda self: self.seen)
    @rule(who=people, which=st.integers(0, 9))
    def approve_what_was_seen(self, who: str, which: int) -> None:
        id_, published, draft = self.seen[which % len(self.seen)]
        self._approve(id_, who, published, draft)

    @rule()
    def publish_all(self) -> None:
        self._publish()

    @rule(id_=ids)
    def publish_one(self, id_: str) -> None:
        self._publish(only={id_})

    @rule(id_=ids)
    def publish_hours(self, id_: str) -> None:
        self._publish(only={id_}, hours_alone=True)

    @rule(id_=ids, value=numbers)
    def the_operator_imports(self, id_: str, value: str) -> None:
        draft = self.model[id_].draft
        body = json.dumps(json.loads(draft) | {"value": value}) if draft else written(id_, value, None, "09:00")
        with writing(self.engine).begin() as connection:
            others = [found for found in load_documents(connection) if found.key != ("contact", id_)]
            replace_documents(connection, [*others, Document("contact", id_, body)], Writing(OPERATOR, self.clock))
        self.model[id_].write(OPERATOR, body)

    @precondition(lambda self: len(self.shelf) > 1)
    @rule(who=people, back=st.integers(1, 5), whole=st.booleans())
    def go_back(self, who: str, back: int, whole: bool) -> None:
        """Whole: what undo and the operator's rollback do; otherwise one person's return to an older edition."""
        number = max(1, len(self.shelf) - back)
        earlier = self.shelf[number - 1]
        pending = {id_ for id_, model in self.model.items() if model.draft != model.published}
        with writing(self.engine).begin() as connection:
            author = Writing(who, self.clock)
            selection = (
                as_they_are(go_back(connection, number, author)) if whole else step_back(connection, number, author)
            )
            for id_ in set(IDS) - pending:
                self.model[id_].write(who, earlier[id_])
            self._insert(connection, selection)
        for id_, model in self.model.items():
            if whole:
                model.goes_out(earlier[id_])
            elif id_ not in pending or model.draft == earlier[id_]:
                model.goes_out(model.after_publication())
        self._check()

    @rule()
    def start_again(self) -> None:
        """The process dies and another opens the same database."""
        self.engine.dispose()
        type(self).engine = open_engine(self.settings)

    # what must hold

    @invariant()
    def drafts_are_what_was_acknowledged(self) -> None:
        with self.engine.connect() as connection:
            drafts = {found.id: found.body for found in load_documents(connection) if found.key[0] == "contact"}
            for id_, model in self.model.items():
                kept = history(connection, ("contact", id_))
                assert [(r.author, r.body) for r in reversed(kept)] == model.versions
                assert drafts.get(id_) == model.draft

    def _edit(self, id_: str, who: str, **values: Any) -> None:
        draft = self.model[id_].draft
        if draft is not None:
            self._save(id_, who, json.dumps(json.loads(draft) | values))

    def _save(self, id_: str, who: str, body: str | None) -> None:
        if body is None and self.model[id_].draft is None:
            return
        with writing(self.engine).begin() as connection:
            revision = draft_revision(connection, "contact", id_)
            save_draft(connection, "contact", id_, body, who, revision, self.clock)
        self.model[id_].write(who, body)

    def _approve(self, id_: str, who: str, old: str | None, new: str | None) -> None:
        model = self.model[id_]
        stands = (old, new) == (model.published, model.draft) and model.draft != model.published
        expected = ChangedSinceError if not stands else OwnChangeError if who in model.writers() else None
        with writing(self.engine).begin() as connection:
            if expected:
                with pytest.raises(expected):
                    approve(connection, ("contact", id_), digest(old), digest(new), who, self.clock)
                return
            approve(connection, ("contact", id_), digest(old), digest(new), who, self.clock)
        model.approved = True

    def _publish(self, only: set[str] | None = None, hours_alone: bool = False) -> None:
        with writing(self.engine).begin() as connection:
            keys = None if only is None else {("contact", id_) for id_ in only}
            self._insert(connection, chosen(connection, keys, HOURS if hours_alone else None))
        for id_, model in self.model.items():
            if only is None or id_ in only:
                model.goes_out(model.after_publication(hours_alone))
        self._check()

    def _insert(self, connection: Any, selection: Selection) -> None:
        self.clock += timedelta(minutes=1)
        publish.publish_in(connection, self.key, EXIT, self.clock, "", selection)

    def _check(self) -> None:
        """The edition says what the model says: to the byte in its documents, and in the link that people tap."""
        self.shelf.append({id_: model.published for id_, model in self.model.items()})
        with self.engine.connect() as connection:
            number = last_number(connection)
            assert number == len(self.shelf)
            found = {d.id: d.body for d in load_drafts(connection, number) or () if d.kind == "contact"}
            stored, blobs = load_edition(connection, number), load_blobs(connection, number)
        assert stored is not None
        files = parse_signed(stored.signed).files
        for id_, model in self.model.items():
            said = found.get(id_)
            assert (said and json.loads(said)) == (model.published and json.loads(model.published)) or (
                said and model.published and _without_hours_text(said) == _without_hours_text(model.published)
            )
            model.published = said  # the same, in its own bytes
            self.shelf[-1][id_] = said
            page = files.get(f"/contacts/{id_}/")
            assert (page is None) == (said is None)
            if page and said:
                assert f'href="tel:{json.loads(said)["value"]}"'.encode() in blobs[page.sha256].plain


def _without_hours_text(body: str) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(body)
    assert read.pop("hours_text", None) is None
    return read


@contextmanager
def quick_publication(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No time spent on small files: it does not change what an edition says."""
    monkeypatch.setattr(editions, "compress_brotli", lambda data, _quality: data)
    monkeypatch.setattr(editions, "compress_gzip", lambda data: __import__("gzip").compress(data, 1, mtime=0))
    read = assets.read_assets()
    monkeypatch.setattr(publish, "read_assets", lambda: read)
    yield


def test_no_unapproved_number_reaches_an_edition_and_nothing_saved_is_lost(
    engine: Engine, settings: Settings, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    long = request.config.getoption("--long")
    key = load_key(settings.keys_dir)
    machine = type("Run", (Workflow,), {"engine": engine, "key": key, "settings": settings})
    with quick_publication(monkeypatch):
        run_state_machine_as_test(
            machine,
            settings=hypothesis_settings(
                max_examples=2_000 if long else 30,
                stateful_step_count=50 if long else 20,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )

"""Publishing on a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from backend.offline.choosing import UnknownEditionError
from backend.offline.editions import last_number, list_editions, load_blobs, load_edition
from backend.offline.manifest import bundle_order, parse_signed, text_hash
from backend.offline.publish import publish, rollback
from backend.offline.shelf import fixed_answers, load_shelf
from backend.offline.signing import SigningKey, load_key, verify
from backend.permanences.hours_file import HOURS_URL
from backend.records import ContentError
from backend.settings import Settings
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import writing

MORNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
EXIT = "https://example.org/"


@pytest.fixture
def key(settings: Settings, engine: Engine) -> SigningKey:
    return load_key(settings.keys_dir)


def put(engine: Engine, drafts: list[Document]) -> None:
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)


def edit(drafts: list[Document], id_: str, old: str, new: str) -> list[Document]:
    return [Document(d.kind, d.id, d.body.replace(old, new)) if d.id == id_ else d for d in drafts]


def files_of(engine: Engine, number: int) -> dict[str, str]:
    with engine.connect() as connection:
        stored = load_edition(connection, number)
    assert stored is not None
    return {url: file.sha256 for url, file in parse_signed(stored.signed).files.items()}


def test_an_edition_is_signed_whole_and_chained(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    assert publish(engine, key, EXIT, MORNING).number == 1
    assert publish(engine, key, EXIT, MORNING + timedelta(hours=1), "deux").number == 2
    with engine.connect() as connection:
        first, second = load_edition(connection, 1), load_edition(connection, 2)
        blobs = load_blobs(connection, 2)
        assert [line.number for line in list_editions(connection)] == [2, 1]
    assert first is not None
    assert second is not None
    assert verify(key.jwk, second.signed, second.signature)
    manifest = parse_signed(second.signed)
    assert (manifest.edition, manifest.previous) == (2, text_hash(first.signed))
    assert set(bundle_order(manifest.files)) == set(blobs)
    assert all(len(blobs[file.sha256].plain) == file.size for file in manifest.files.values())
    assert datetime.fromisoformat(manifest.expires) > datetime.fromisoformat(manifest.issued)


def test_a_one_page_change_changes_that_page_alone(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    # Days later, so that a date printed on every page would show.
    put(engine, edit(val_doise, "preuves", "## ", "## D’abord, "))
    publish(engine, key, EXIT, MORNING + timedelta(days=9))
    before, after = files_of(engine, 1), files_of(engine, 2)
    # The hours are told for twelve weeks from the day of publication: their file moves on with it.
    assert {url for url in after if before.get(url) != after[url]} == {"/guides/preuves/", HOURS_URL}


def test_faulty_drafts_change_nothing(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    put(engine, edit(val_doise, "preuves", "](guide:", "](guide:nulle-part-"))
    with pytest.raises(ContentError, match="n’existe pas"):
        publish(engine, key, EXIT, MORNING)
    with engine.connect() as connection:
        assert last_number(connection) == 1


def test_rollback_publishes_the_old_content_as_a_new_edition(
    engine: Engine, key: SigningKey, val_doise: list[Document]
) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    put(engine, edit(val_doise, "preuves", "## ", "## D’abord, "))
    publish(engine, key, EXIT, MORNING)
    assert rollback(engine, key, EXIT, MORNING, 1).number == 3
    assert files_of(engine, 3) == files_of(engine, 1)
    with engine.connect() as connection:
        assert sorted(load_documents(connection), key=str) == sorted(val_doise, key=str)
    with pytest.raises(UnknownEditionError):
        rollback(engine, key, EXIT, MORNING, 99)


def test_publishing_never_changes_the_worker(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    before = load_shelf(engine, fixed_answers([key.jwk])).answers["/sw.js"]
    put(engine, edit(val_doise, "preuves", "## ", "## D’abord, "))
    publish(engine, key, EXIT, MORNING)
    after = load_shelf(engine, fixed_answers([key.jwk])).answers["/sw.js"]
    assert before.etag == after.etag


def test_a_phone_may_finish_the_edition_before(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    put(engine, edit(val_doise, "preuves", "## ", "## D’abord, "))
    publish(engine, key, EXIT, MORNING)
    answers = load_shelf(engine, fixed_answers([key.jwk])).answers
    for number in (1, 2):
        assert f"/bundle/{number}" in answers
        assert all(f"/b/{sha256}" in answers for sha256 in files_of(engine, number).values())


def test_what_is_acknowledged_is_on_disk(settings: Settings, engine: Engine) -> None:
    if engine.dialect.name != "sqlite":
        with engine.connect() as connection:
            assert connection.execute(text("SHOW synchronous_commit")).scalar() == "on"
        return
    with engine.connect() as connection:
        pragmas = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 20_000}


def test_an_edition_cannot_lose_a_blob(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    with pytest.raises(DBAPIError), engine.begin() as connection:
        connection.execute(text("DELETE FROM blobs"))


def test_the_manifest_holds_every_contract_key(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    with engine.connect() as connection:
        stored = load_edition(connection, 1)
    assert stored is not None
    values = json.loads(stored.signed)
    assert list(values) == ["edition", "issued", "expires", "previous", "audit", "files"]
    assert values["files"]["/guides/temoin/"].keys() == {"sha256", "size", "type"}


def test_publications_at_once_follow_one_another(engine: Engine, key: SigningKey, val_doise: list[Document]) -> None:
    put(engine, val_doise)
    publish(engine, key, EXIT, MORNING)
    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(lambda _: publish(engine, key, EXIT, MORNING).number, range(3)))
    assert sorted(numbers) == [2, 3, 4]

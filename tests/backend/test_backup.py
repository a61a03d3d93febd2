"""Backups: one moment, under load, on both databases, and back again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, update

from backend.offline.editions import last_number, load_edition
from backend.offline.manifest import parse_signed
from backend.offline.own_faults import drafts_faults
from backend.offline.publish import publish
from backend.offline.restore import restore_and_publish
from backend.offline.signing import load_key
from backend.records import ContentError
from backend.settings import Settings
from backend.staff.audit import newest
from backend.storage.backup import BackupError, restore_backup, write_backup
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import migrate
from backend.storage.tables import revisions
from tests.workflow import small_pack

MOMENT = datetime(2026, 11, 23, 8, tzinfo=UTC)


def put(engine: Engine, drafts: list[Document]) -> None:
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)


def generation(number: int) -> list[Document]:
    """Documents that tell their generation: a mixture of two would show."""
    return [Document("source", f"s{n}", str(number)) for n in range(40)]


def restore(engine: Engine, file: Path) -> None:
    with writing(engine).begin() as connection:
        restore_backup(connection, file)


@contextmanager
def busy_writer(engine: Engine) -> Iterator[None]:
    done = threading.Event()

    def write() -> None:
        number = 0
        while not done.is_set():
            number += 1
            put(engine, generation(number))

    thread = threading.Thread(target=write)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def test_a_backup_under_load_is_one_moment(engine: Engine, tmp_path: Path) -> None:
    put(engine, generation(0))
    files = [tmp_path / f"b{n}.zip" for n in range(12)]
    with busy_writer(engine):
        for file in files:
            write_backup(engine, file)
    for file in files:
        restore(engine, file)
        with engine.connect() as connection:
            found = load_documents(connection)
        assert len(found) == 40
        assert len({draft.body for draft in found}) == 1


def test_what_was_written_before_there_were_seals_comes_back(engine: Engine, tmp_path: Path) -> None:
    """Its seal is empty, and no bytes: once a database had been upgraded, none of its backups could be restored."""
    put(engine, generation(0))
    with writing(engine).begin() as connection:
        connection.execute(update(revisions).values(seal=None))
    write_backup(engine, tmp_path / "b.zip")
    put(engine, generation(1))
    restore(engine, tmp_path / "b.zip")
    with engine.connect() as connection:
        assert {draft.body for draft in load_documents(connection)} == {"0"}
        assert set(connection.execute(select(revisions.c.seal)).scalars()) == {None}


def test_restoring_never_leaves_phones_behind(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    key = load_key(settings.keys_dir)
    put(engine, small_pack())
    publish(engine, key, settings.exit_url, MOMENT)
    write_backup(engine, tmp_path / "one.zip")
    publish(engine, key, settings.exit_url, MOMENT)
    publish(engine, key, settings.exit_url, MOMENT)
    kept, number = restore_and_publish(engine, settings, key, MOMENT, tmp_path / "one.zip", after=0)
    assert number == 4
    assert kept.exists()
    _, number = restore_and_publish(engine, settings, key, MOMENT, tmp_path / "one.zip", after=40)
    with engine.connect() as connection:
        stored = load_edition(connection, 41)
        assert last_number(connection) == number == 41
    assert stored is not None
    assert parse_signed(stored.signed).edition == 41


def test_on_a_new_machine_the_journal_names_the_edition_that_a_restore_makes(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    """Named by the number that machine was at, its drafts would be taken for those of an edition of before."""
    key = load_key(settings.keys_dir)
    put(engine, small_pack())
    publish(engine, key, settings.exit_url, MOMENT)
    put(engine, [Document(d.kind, d.id, d.body.replace("Alpha", "Autre")) for d in small_pack()])
    publish(engine, key, settings.exit_url, MOMENT)
    write_backup(engine, tmp_path / "two.zip")
    new = replace(settings, database_url=f"sqlite:///{tmp_path / 'new.sqlite3'}")
    migrate(elsewhere := open_engine(new))
    _, number = restore_and_publish(elsewhere, new, key, MOMENT, tmp_path / "two.zip", after=0)
    with elsewhere.connect() as connection:
        (told,) = newest(connection, 1)
    assert told.subject == f"edition {number}" == "edition 3"
    assert list(drafts_faults(new)) == []


def test_a_restore_that_cannot_be_published_changes_nothing(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    """Cut between restoring and publishing, the numbers phones hold would be forgotten."""
    key = load_key(settings.keys_dir)
    put(engine, [Document("source", "s", "not even JSON")])
    write_backup(engine, tmp_path / "faulty.zip")
    put(engine, small_pack())
    for _ in range(3):
        publish(engine, key, settings.exit_url, MOMENT)
    with pytest.raises(ContentError):
        restore_and_publish(engine, settings, key, MOMENT, tmp_path / "faulty.zip", after=0)
    with engine.connect() as connection:
        assert last_number(connection) == 3
        assert sorted(load_documents(connection), key=str) == sorted(small_pack(), key=str)


@pytest.mark.parametrize("damage", ["not a zip", "cut", "other version", "missing table", "no rows", "bad base64"])
def test_a_damaged_backup_changes_nothing(engine: Engine, tmp_path: Path, damage: str) -> None:
    import zipfile

    put(engine, generation(7))
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    write_backup(engine, good)
    if damage == "not a zip":
        bad.write_bytes(b"nothing of the kind")
    elif damage == "cut":
        bad.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    else:
        with zipfile.ZipFile(good) as source, zipfile.ZipFile(bad, "w") as target:
            for name in source.namelist():
                if damage == "missing table" and name == "documents.jsonl":
                    continue
                body = b"9999" if damage == "other version" and name == "version" else source.read(name)
                if damage == "no rows" and name == "documents.jsonl":
                    body = b"[]\n5\nnull\n"
                if damage == "bad base64" and name == "blobs.jsonl":
                    body = '{"sha256": "a", "plain": "é", "gzip": null, "br": 5}\n'.encode()
                target.writestr(name, body)
    with pytest.raises(BackupError):
        restore(engine, bad)
    with engine.connect() as connection:
        assert load_documents(connection) == generation(7)


def test_a_backup_holds_no_key(settings: Settings, engine: Engine, tmp_path: Path, val_doise: list[Document]) -> None:
    key = load_key(settings.keys_dir)
    put(engine, val_doise)
    publish(engine, key, settings.exit_url, MOMENT)
    write_backup(engine, tmp_path / "b.zip")
    pem = (settings.keys_dir / "edition-key.pem").read_text().splitlines()
    assert pem[1].encode() not in (tmp_path / "b.zip").read_bytes()
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0

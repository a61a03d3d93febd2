"""The journal: what the database refuses, what `verify` finds, what survives a restore."""

from __future__ import annotations

import dataclasses
import json
import random
import sqlite3
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.exc import DBAPIError

from backend.offline import start as start_module
from backend.offline.doctor import examine
from backend.offline.places_to_verify import journal_faults
from backend.settings import Settings
from backend.staff import audit
from backend.staff.audit import Entry
from backend.staff.audit_check import chain_faults
from backend.staff.tables import audit as audit_table
from backend.storage.append_only import lock_audit, unlock_audit
from backend.storage.backup import restore_backup, write_backup
from backend.storage.engine import writing
from backend.storage.migrate import migrate
from tests.builders import Server

MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def write(engine: Engine, count: int) -> None:
    with writing(engine).begin() as connection:
        for number in range(count):
            audit.record(connection, "operator", "publish", f"edition {number}", {"é": number}, MOMENT)


def read(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return list(audit.entries(connection))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit SET actor = 'somebody' WHERE number = 2",
        "UPDATE audit SET hash = hash",
        "DELETE FROM audit WHERE number = 3",
        "DELETE FROM audit",
        "TRUNCATE audit",
        "INSERT OR REPLACE INTO audit SELECT number, moment, 'x', action, subject, details, previous, hash FROM audit",
        "INSERT INTO audit SELECT 9, moment, actor, action, subject, details, previous, 'h' FROM audit LIMIT 1",
        "INSERT INTO audit SELECT 0, moment, actor, action, subject, details, previous, 'h' FROM audit LIMIT 1",
    ],
)
def test_the_database_itself_refuses(engine: Engine, statement: str) -> None:
    write(engine, 3)
    before = read(engine)
    with pytest.raises(DBAPIError), writing(engine).begin() as connection:
        connection.execute(text(statement))
    assert read(engine) == before


def test_a_whole_journal_has_no_fault(engine: Engine) -> None:
    write(engine, 20)
    found = read(engine)
    assert list(chain_faults(found, {1: found[4].hash, 2: found[-1].hash, 0: audit.FIRST})) == []


SQLITE_BREAKS = {
    "audit_no_update": ["DROP TRIGGER audit_no_update"],
    "audit_no_delete": [
        "DROP TRIGGER audit_no_delete",
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT 1; END",
    ],
    "audit_in_order": [
        "DROP TRIGGER audit_in_order",
        "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit WHEN NEW.number < 0 "
        "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
    ],
}
POSTGRESQL_BREAKS = {
    "audit_no_change": [
        "DROP TRIGGER audit_no_change ON audit",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    ],
    "audit_no_truncate": ["ALTER TABLE audit DISABLE TRIGGER audit_no_truncate"],
    "audit_in_order": [
        "CREATE OR REPLACE FUNCTION audit_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$"
    ],
}
# The first of them broken in several ways, under its own name, each with another hole.
MORE_SQLITE_BREAKS = [
    ["DROP TRIGGER audit_no_update", f"CREATE TRIGGER audit_no_update {rest}"]
    for rest in (
        "BEFORE UPDATE ON audit BEGIN SELECT 1; END",
        "BEFORE UPDATE OF hash ON audit BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "BEFORE UPDATE ON audit WHEN OLD.number < 0 BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END",
        "BEFORE UPDATE ON audit BEGIN SELECT RAISE(IGNORE); END",
    )
]
MORE_POSTGRESQL_BREAKS = [
    ["CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$"],
    [
        "DROP TRIGGER audit_no_change ON audit",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW WHEN (OLD.number < 0) "
        "EXECUTE FUNCTION audit_refuse()",
    ],
    [
        "DROP TRIGGER audit_no_change ON audit",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OF hash OR DELETE ON audit FOR EACH ROW "
        "EXECUTE FUNCTION audit_refuse()",
    ],
    [
        "CREATE FUNCTION another() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
        "DROP TRIGGER audit_no_change ON audit",
        "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION another()",
    ],
]


def run(engine: Engine, statements: list[str]) -> None:
    with writing(engine).begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def told_by_the_doctor(settings: Settings) -> list[str]:
    return [fault for fault in examine(settings, MOMENT).faults if "trigger" in fault]


def start(engine: Engine, settings: Settings) -> list[str]:
    """What a start says of the journal."""
    said: list[str] = []
    start_module._lock_journal(engine, MOMENT, said.append)
    return said


def test_what_keeps_the_journal_is_watched_and_put_back(engine: Engine, settings: Settings) -> None:
    sqlite = engine.dialect.name == "sqlite"
    write(engine, 3)
    assert (told_by_the_doctor(settings), start(engine, settings)) == ([], [])
    breaks = SQLITE_BREAKS if sqlite else POSTGRESQL_BREAKS
    for statements in breaks.values():
        run(engine, statements)
    told = told_by_the_doctor(settings)
    altered = {name for name in breaks if len(breaks[name]) > 1 or "REPLACE" in breaks[name][0]}
    for name, fault in zip(breaks, told, strict=True):
        assert f"trigger {name} is {'altered' if name in altered else 'missing'}" in fault
    assert len(start(engine, settings)) == 1
    assert (told_by_the_doctor(settings), start(engine, settings)) == ([], [])
    last = read(engine)[-1]
    assert (last.actor, last.action, last.subject) == ("appui", "locked the journal again", ", ".join(breaks))
    assert list(journal_faults(settings)) == []
    with pytest.raises(DBAPIError), writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def test_a_trigger_emptied_under_its_own_name_is_found_and_mended(engine: Engine, settings: Settings) -> None:
    sqlite = engine.dialect.name == "sqlite"
    name = "audit_no_update" if sqlite else "audit_no_change"
    write(engine, 2)
    for statements in MORE_SQLITE_BREAKS if sqlite else MORE_POSTGRESQL_BREAKS:
        run(engine, statements)
        assert any(f"{name} is altered" in fault for fault in told_by_the_doctor(settings)), statements
        start(engine, settings)
        assert told_by_the_doctor(settings) == [], statements


def test_every_start_puts_it_back(own_server: Server) -> None:
    """The whole server, told by its own doctor; the journal's page knows the words."""
    own_server.stop()
    with sqlite3.connect(own_server.data_dir / "appui.sqlite3") as connection:
        connection.execute("DROP TRIGGER audit_no_delete")
    told = own_server.command("doctor", check=False)
    assert "trigger audit_no_delete is missing" in told.stdout + told.stderr
    own_server.start()
    told = own_server.command("doctor", check=False)
    assert "trigger" not in told.stdout + told.stderr
    assert own_server.command("verify").returncode == 0


TAMPERINGS = ("edit", "edit and rehash", "remove", "insert", "swap", "cut", "cut one", "rewrite all")


def tamper(found: list[Entry], how: str, dice: random.Random) -> list[Entry]:
    """What a thief of the database could write in the place of the journal."""
    changed = list(found)
    at = dice.randrange(len(found) - 1)
    if how in ("edit", "edit and rehash"):
        name = dice.choice(["moment", "actor", "action", "subject", "details"])
        changed[at] = dataclasses.replace(changed[at], **{name: "2020"})  # type: ignore[arg-type]
        if how == "edit and rehash":
            changed[at] = dataclasses.replace(changed[at], hash=audit.entry_hash(dataclasses.asdict(changed[at])))
    elif how == "remove":
        del changed[at]
    elif how == "insert":
        changed.insert(at, dataclasses.replace(changed[at], subject="never happened"))
    elif how == "swap":
        changed[at], changed[at + 1] = changed[at + 1], changed[at]
    elif how == "cut":
        changed = changed[: at + 1]
    elif how == "cut one":
        changed.pop()
    else:
        previous = audit.FIRST
        for place, entry in enumerate(found):
            fresh = dataclasses.replace(entry, actor="somebody", previous=previous)
            changed[place] = dataclasses.replace(fresh, hash=audit.entry_hash(dataclasses.asdict(fresh)))
            previous = changed[place].hash
    return changed


def test_a_thousand_tamperings_are_all_found(engine: Engine) -> None:
    write(engine, 30)
    found, dice = read(engine), random.Random(4)
    anchors = {7: found[-1].hash}
    missed = [how for n in range(1000) if not any(chain_faults(tamper(found, how := TAMPERINGS[n % 8], dice), anchors))]
    assert missed == []


@contextmanager
def owner_of_the_database(engine: Engine) -> Iterator[Connection]:
    """Somebody who writes to it past our code and its triggers, and leaves them as they were."""
    with writing(engine).begin() as connection:
        unlock_audit(connection)
        yield connection
        lock_audit(connection)


CUT = "DELETE FROM audit WHERE number > {0}"
FOLLOW = "UPDATE audit_end SET number = {0}, hash = (SELECT hash FROM audit WHERE number = {0})"
FORGERIES = {
    "cut alone": [CUT],
    "cut, seal moved": [CUT, FOLLOW],
    "cut, seal taken away": [CUT, "DELETE FROM audit_end"],
    "cut, a second seal": [CUT, "INSERT INTO audit_end SELECT number, hash, (SELECT mac FROM audit_end LIMIT 1) "
                               "FROM audit WHERE number = {0}"],
}  # fmt: skip


@pytest.mark.parametrize("how", FORGERIES)
def test_a_tail_cut_since_the_last_edition_is_found(engine: Engine, settings: Settings, how: str) -> None:
    write(engine, 8)
    assert list(journal_faults(settings)) == []
    for left in range(7, 0, -1):
        with owner_of_the_database(engine) as connection:
            for statement in FORGERIES[how]:
                connection.execute(text(statement.format(left)))
        faults = list(journal_faults(settings))
        assert len(faults) == 1, (left, faults)
        assert f"ends at entry {left}" in faults[0]


def test_what_was_cut_stays_found_when_work_goes_on(engine: Engine, settings: Settings) -> None:
    write(engine, 8)
    with owner_of_the_database(engine) as connection:
        connection.execute(text(CUT.format(5)))
    write(engine, 3)
    assert list(journal_faults(settings)) == [
        "entry 6 of the journal tells that its end had been cut or changed before it"
    ]
    assert [entry.number for entry in read(engine)] == [*range(1, 10)]
    with owner_of_the_database(engine) as connection:  # and what comes after it is under a good seal
        connection.execute(text(CUT.format(8)))
    assert len(list(journal_faults(settings))) == 2


def test_an_entry_put_after_the_last_one_is_found(engine: Engine, settings: Settings) -> None:
    write(engine, 3)
    last = read(engine)[-1]
    forged = dataclasses.replace(last, number=4, subject="never happened", previous=last.hash)
    values = dataclasses.asdict(forged) | {"hash": audit.entry_hash(dataclasses.asdict(forged))}
    with writing(engine).begin() as connection:  # the triggers let it: it comes in its order
        connection.execute(insert(audit_table), values)
    assert "ends at entry 4, and was sealed at entry 3" in next(journal_faults(settings))


def test_an_older_journal_is_sealed_by_the_migration(engine: Engine, settings: Settings) -> None:
    write(engine, 3)
    with writing(engine).begin() as connection:
        connection.execute(text("DROP TABLE audit_end"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0004'"))
    migrate(engine)
    assert list(journal_faults(settings)) == []
    write(engine, 1)
    assert list(journal_faults(settings)) == []


def test_a_restore_neither_erases_the_journal_nor_leaves_it_open(
    settings: Settings, engine: Engine, tmp_path: Path
) -> None:
    write(engine, 3)
    write_backup(engine, tmp_path / "b.zip")
    write(engine, 2)
    before = read(engine)
    with writing(engine).begin() as connection:
        restore_backup(connection, tmp_path / "b.zip")
    assert read(engine) == before
    assert list(journal_faults(settings)) == []


def test_a_restore_elsewhere_brings_the_journal_along(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    write(engine, 3)
    before = read(engine)
    write_backup(engine, tmp_path / "b.zip")
    begin_another(engine)
    with writing(engine).begin() as connection:
        restore_backup(connection, tmp_path / "b.zip")
    assert read(engine) == before
    assert list(journal_faults(settings)) == []
    with pytest.raises(DBAPIError), writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM audit"))


def begin_another(engine: Engine) -> None:
    """As another machine, whose journal tells something else."""
    with owner_of_the_database(engine) as connection:
        connection.execute(text("DELETE FROM audit"))
        connection.execute(text("DELETE FROM audit_end"))
    with writing(engine).begin() as connection:
        audit.record(connection, "operator", "publish", "edition 1", {}, MOMENT)


def test_a_backup_whose_journal_was_cut_is_found_out(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    write(engine, 5)
    write_backup(engine, tmp_path / "whole.zip")
    with zipfile.ZipFile(tmp_path / "whole.zip") as whole, zipfile.ZipFile(tmp_path / "cut.zip", "w") as cut:
        for name in whole.namelist():
            lines = whole.read(name).splitlines(keepends=True)
            if name == "audit.jsonl":
                lines = [line for line in lines if json.loads(line)["number"] < 4]
            cut.writestr(name, b"".join(lines))
    begin_another(engine)
    with writing(engine).begin() as connection:
        restore_backup(connection, tmp_path / "cut.zip")
    assert "ends at entry 3, and was sealed at entry 5" in next(journal_faults(settings))

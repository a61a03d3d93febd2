"""What keeps the journal from being altered: the database refuses, and a lock that was broken is found and put back."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from backend.offline import start as start_module
from backend.offline.doctor import examine
from backend.offline.own_faults import journal_faults
from backend.settings import Settings
from backend.storage.engine import writing
from tests.builders import Server
from tests.journal import MOMENT, read, write


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
    start_module.lock_journal(engine, MOMENT, said.append)
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

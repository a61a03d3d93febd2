"""The journal: what the database refuses, what `verify` finds, what survives a restore."""

from __future__ import annotations

import dataclasses
import random
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from backend.settings import Settings
from backend.staff import audit
from backend.staff.audit import Entry
from backend.staff.audit_check import chain_faults
from backend.storage.append_only import unlock_audit
from backend.storage.backup import restore_backup, write_backup
from backend.storage.engine import writing

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


def test_a_restore_neither_erases_the_journal_nor_leaves_it_open(engine: Engine, tmp_path: Path) -> None:
    write(engine, 3)
    write_backup(engine, tmp_path / "b.zip")
    write(engine, 2)
    before = read(engine)
    with writing(engine).begin() as connection:
        restore_backup(connection, tmp_path / "b.zip")
    assert read(engine) == before


def test_a_restore_elsewhere_brings_the_journal_along(settings: Settings, engine: Engine, tmp_path: Path) -> None:
    write(engine, 3)
    before = read(engine)
    write_backup(engine, tmp_path / "b.zip")
    with writing(engine).begin() as connection:  # another machine: another journal
        unlock_audit(connection)
        connection.execute(text("DELETE FROM audit"))
        from backend.storage.append_only import lock_audit

        lock_audit(connection)
        audit.record(connection, "operator", "publish", "edition 1", {}, MOMENT)
    with writing(engine).begin() as connection:
        restore_backup(connection, tmp_path / "b.zip")
    assert read(engine) == before
    with pytest.raises(DBAPIError), writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM audit"))

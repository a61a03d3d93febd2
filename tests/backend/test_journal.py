"""The journal: what `verify` finds, what survives a restore. What the database refuses: `test_journal_locks`."""

from __future__ import annotations

import dataclasses
import json
import random
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.command import downgrade
from sqlalchemy import Connection, Engine, insert, text
from sqlalchemy.exc import DBAPIError

from backend.offline.own_faults import journal_faults
from backend.settings import Settings
from backend.staff import audit
from backend.staff.audit import Entry
from backend.staff.audit_check import chain_faults
from backend.staff.tables import audit as audit_table
from backend.storage.append_only import lock_audit, unlock_audit
from backend.storage.backup import restore_backup, write_backup
from backend.storage.engine import writing
from backend.storage.migrate import alembic_config, migrate
from tests.journal import MOMENT, read, write


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
    with engine.begin() as connection:
        downgrade(alembic_config(connection), "0004")
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

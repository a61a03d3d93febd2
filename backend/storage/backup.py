"""Backup and restore: every table as it stood at one moment, in a form both databases read.

Keys are not in it: a stolen backup opens nothing. They are copied once, apart (README).
"""

from __future__ import annotations

import base64
import io
import json
import os
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, LargeBinary, Table, delete, insert, select
from sqlalchemy.exc import StatementError

from backend.storage.append_only import lock_audit, unlock_audit
from backend.storage.engine import go_on_counting, reading
from backend.storage.migrate import version
from backend.storage.migrations import HEAD
from backend.storage.tables import backups, metadata

VERSION_FILE = "version"
AUDIT, AUDIT_END = "audit", "audit_end"
BATCH = 500


class BackupError(ValueError):
    """The file is not a backup that this Appui can read."""


def write_backup(engine: Engine, path: Path) -> int:
    """Write a consistent backup while the server goes on; returns the number of rows.

    The file appears whole, under its name, or not at all.
    """
    unfinished = path.with_name(path.name + ".part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        with reading(engine).connect() as connection, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(VERSION_FILE, version(connection) or "")
            count = sum(_write_table(connection, archive, table) for table in metadata.sorted_tables)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    return count


def note_backup(connection: Connection, moment: datetime) -> None:
    """Remember that one ended well; only the newest is of use."""
    connection.execute(delete(backups))
    connection.execute(insert(backups).values(moment=int(moment.timestamp())))


def last_backup(connection: Connection) -> datetime | None:
    found = connection.execute(select(backups.c.moment)).scalar()
    return None if found is None else datetime.fromtimestamp(found, UTC)


def _write_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    count = 0
    with archive.open(f"{table.name}.jsonl", "w", force_zip64=True) as file:
        for row in connection.execution_options(stream_results=True).execute(select(table)).mappings():
            values = {name: _to_json(value) for name, value in row.items()}
            file.write(json.dumps(values, ensure_ascii=False).encode() + b"\n")
            count += 1
    return count


def _to_json(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def restore_backup(connection: Connection, path: Path) -> int:
    """Put a backup in the place of what the database holds; returns the number of rows.

    The caller owns the transaction: on BackupError it must end undone, and nothing has changed.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            _check_version(archive, path)
            tables = [table for table in metadata.sorted_tables if table.name not in (AUDIT, AUDIT_END)]
            for table in reversed(tables):
                connection.execute(delete(table))
            count = sum(_read_table(connection, archive, table) for table in tables)
            count += _restore_journal(connection, archive)
    except BackupError:
        raise
    except (zipfile.BadZipFile, LookupError, ValueError, TypeError, AttributeError, StatementError) as error:
        raise BackupError(f"{path.name} is not a whole backup ({type(error).__name__})") from error
    go_on_counting(connection, metadata.sorted_tables)
    return count


def _restore_journal(connection: Connection, archive: zipfile.ZipFile) -> int:
    """The journal here goes on where it goes further than the backup's: a restore must not be a way to erase it.

    On another machine, whose journal tells something else, the backup's takes its place, and brings its seal along.
    """
    table = metadata.tables[AUDIT]
    with archive.open(f"{AUDIT}.jsonl") as file:
        rows = sorted(map(json.loads, file), key=lambda row: int(row["number"]))
    if not rows or connection.execute(select(table.c.number).where(table.c.hash == rows[-1]["hash"])).first():
        return 0
    unlock_audit(connection)
    connection.execute(delete(table))
    for row in rows:
        connection.execute(insert(table).values(row))
    lock_audit(connection)
    end = metadata.tables[AUDIT_END]
    connection.execute(delete(end))
    return len(rows) + _read_table(connection, archive, end)


def _check_version(archive: zipfile.ZipFile, path: Path) -> None:
    found = archive.read(VERSION_FILE).decode()
    if found != HEAD:
        raise BackupError(
            f"{path.name} was made at database version {found or 'none'}, expected {HEAD}: restore it with the Appui "
            "that made it, in an empty data directory, then start this one there"
        )


def _read_table(connection: Connection, archive: zipfile.ZipFile, table: Table) -> int:
    count = 0
    with archive.open(f"{table.name}.jsonl") as file:
        for batch in _batches(io.TextIOWrapper(file, encoding="utf-8")):
            connection.execute(insert(table), [_from_json(table, json.loads(line)) for line in batch])
            count += len(batch)
    return count


def _batches(lines: Iterator[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    for line in lines:
        batch.append(line)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _from_json(table: Table, values: dict[str, Any]) -> dict[str, Any]:
    binary = {column.name for column in table.columns if isinstance(column.type, LargeBinary)}
    return {
        name: base64.b64decode(value) if name in binary and value is not None else value
        for name, value in values.items()
    }

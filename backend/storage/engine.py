"""The one door to the database: alone knows SQLite from PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, create_engine, event, func, make_url, select

from backend.settings import Settings
from backend.storage.seals import KEY_FILE_OPTION

# A publication holds the pen for seconds on a small machine: who saves meanwhile waits, and is not refused.
BUSY_TIMEOUT_MS = 20_000
PATIENCE_OPTION = "patience_ms"
CACHE_KB = 512  # a connection, for 2,000: the system has the pages anyway, and a sender lives in little memory
WRITER_LOCK = 0x41_70_70_75_69  # any number, the same everywhere: "Appui"


def open_engine(settings: Settings) -> Engine:
    """An engine whose every connection keeps what it acknowledged, even through a power cut."""
    url = make_url(settings.database_url)
    options = {KEY_FILE_OPTION: settings.edition_key_file}
    if url.get_backend_name() != "sqlite":
        engine = create_engine(url, pool_pre_ping=True, hide_parameters=True, execution_options=options)
        event.listen(engine, "begin", _begin_postgresql)
        return engine
    if url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    # Errors are logged: they must never carry what was being written.
    engine = create_engine(url, hide_parameters=True, execution_options=options)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # SQLAlchemy drives the transactions (see _begin_sqlite), not the sqlite3 module.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        f"cache_size = -{CACHE_KB}",
        f"busy_timeout = {BUSY_TIMEOUT_MS}",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    # A reader that later writes would fail at once instead of waiting: writers say so first.
    options = connection.get_execution_options()
    patience = options.get(PATIENCE_OPTION, BUSY_TIMEOUT_MS)
    if connection.info.get(PATIENCE_OPTION, BUSY_TIMEOUT_MS) != patience:  # as who had it before left it
        connection.exec_driver_sql(f"PRAGMA busy_timeout = {patience}")
        connection.info[PATIENCE_OPTION] = patience
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes", False) else "BEGIN")


def _begin_postgresql(connection: Any) -> None:
    # One writer at a time, as on SQLite: two publications must follow one another, not collide.
    if connection.get_execution_options().get("writes", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITER_LOCK})")


def writing(engine: Engine) -> Engine:
    """The same engine, for transactions that write: one at a time, whichever process they are in."""
    return engine.execution_options(writes=True)


def owning(engine: Engine) -> Engine:
    """The same engine, for short transactions on rows that nobody else writes: no queue on PostgreSQL (SQLite has but
    one writer anyway)."""
    return writing(engine) if engine.dialect.name == "sqlite" else engine


def if_free(engine: Engine) -> Engine:
    """As `owning`, for what may as well be left undone: on SQLite an OperationalError at once where somebody writes."""
    return owning(engine).execution_options(**{PATIENCE_OPTION: 0})


def reading(engine: Engine) -> Engine:
    """The same engine, for several reads that must see one moment (a transaction does on SQLite)."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ")


def go_on_counting(connection: Connection, tables: Iterable[Table]) -> None:
    """After rows were put in with their ids: SQLite looks at what is there, PostgreSQL would give those out again."""
    if connection.dialect.name == "sqlite":
        return
    for table in tables:
        column = table.autoincrement_column
        if column is not None:
            highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
            connection.execute(
                select(func.setval(func.pg_get_serial_sequence(table.name, column.name), highest, False))
            )

"""What the migrations make is what the code believes in, on both databases."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.command import downgrade
from alembic.migration import MigrationContext
from sqlalchemy import Engine, Table, update

import backend.notices.tables
import backend.offline.tables
import backend.staff.tables  # noqa: F401 - each adds its tables to the metadata
from backend.settings import Settings
from backend.storage.documents import Document, remove_document, replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import alembic_config, migrate, version
from backend.storage.migrations import HEAD
from backend.storage.revisions import by_operator, history
from backend.storage.tables import metadata, revisions


def test_tables_are_as_the_migrations_leave_them(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = compare_metadata(context, metadata)
    assert [entry for entry in found if "alembic_version" not in str(entry)] == []


def test_several_that_start_at_once_migrate_once(settings: Settings) -> None:
    """A server, its delivery worker, a command: all do, after an upgrade, and on other machines too."""
    engine = open_engine(settings)
    with ThreadPoolExecutor(4) as starts:
        list(starts.map(lambda _: migrate(engine), range(4)))
    with engine.connect() as connection:
        assert version(connection) == HEAD
    engine.dispose()


def test_what_waited_before_there_were_seals_is_still_somebody_s(engine: Engine) -> None:
    """Unsealed, it passes for written straight into the database: nobody could approve it, `verify` cried at it."""
    with writing(engine).begin() as connection:
        replace_documents(connection, [Document("guide", "a", "été")])
        remove_document(connection, ("guide", "a"), by_operator())
        connection.execute(update(revisions).values(seal=None))
        assert not any(found.sealed for found in history(connection, ("guide", "a")))
        downgrade(alembic_config(connection), "0009")
    migrate(engine)
    with engine.connect() as connection:
        assert version(connection) == HEAD
        assert [found.sealed for found in history(connection, ("guide", "a"))] == [True, True]


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=str)
def test_what_goes_with_a_row_is_found_without_reading_all(table: Table) -> None:
    """A key that deletes on cascade is looked up for each row that goes."""
    first = {index.columns[0].name for index in table.indexes} | {table.primary_key.columns[0].name}
    assert {key.parent.name for key in table.foreign_keys if key.ondelete == "CASCADE"} <= first

"""What the migrations make is what the code believes in, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine

import backend.notices.tables
import backend.offline.tables
import backend.staff.tables  # noqa: F401 - each adds its tables to the metadata
from backend.storage.tables import metadata


def test_tables_are_as_the_migrations_leave_them(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        found = compare_metadata(context, metadata)
    assert [entry for entry in found if "alembic_version" not in str(entry)] == []

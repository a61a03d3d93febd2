"""Bring the database to the version this code expects; refuse one from the future."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, inspect, text

from backend.storage.engine import writing
from backend.storage.migrations import HEAD

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


class UnknownVersionError(RuntimeError):
    """The database was written by a newer Appui: starting would risk what it holds."""


def version(connection: Connection) -> str | None:
    """The migration the database stands at, None where it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return str(found) if found else None


def migrate(engine: Engine) -> None:
    """Nothing to do is the common case, and costs one query: Alembic is imported only when needed."""
    with engine.connect() as connection:
        found = version(connection)
    if found == HEAD:
        return
    if found is not None and not list((MIGRATIONS / "versions").glob(f"{found}_*.py")):
        raise UnknownVersionError(f"the database is at version {found}, unknown to this Appui (which expects {HEAD})")
    _upgrade(engine)


def _upgrade(engine: Engine) -> None:
    from alembic import command

    # One at a time: Alembic looks again, and who comes second finds nothing left to do.
    with writing(engine).begin() as connection:
        command.upgrade(alembic_config(connection), "head")


def alembic_config(connection: Connection) -> Config:
    """For Alembic's commands on that connection, in its transaction."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

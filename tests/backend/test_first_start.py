"""Several processes that start at once on nothing make one edition, and each its keys once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest

from backend.offline.editions import list_editions
from backend.offline.signing import create_key
from backend.offline.start import prepare
from backend.settings import Settings
from backend.storage.engine import open_engine
from tests.builders import Server


def test_commands_started_together_make_one_edition(tmp_path: Path) -> None:
    server = Server(tmp_path / "var")
    with ThreadPoolExecutor(3) as pool:
        results = list(pool.map(lambda _: server.command("editions", check=False), range(3)))
    assert [result.returncode for result in results] == [0, 0, 0]
    assert [len(result.stdout.splitlines()) for result in results] == [1, 1, 1]
    said = "".join(result.stderr for result in results)
    assert said.count("key created") == 2
    assert said.count("key of subscriptions created") == said.count("edition 1 published") == 1


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_machines_started_together_on_one_database_make_one_edition(settings: Settings, tmp_path: Path) -> None:
    """Each has its own data directory, with the same keys: no lock of a file is between them."""
    create_key(settings.keys_dir)
    other = replace(settings, data_dir=tmp_path / "other")
    copytree(settings.keys_dir, other.keys_dir)

    def start(of: Settings) -> bool:
        engine = open_engine(of)
        try:
            return prepare(of, engine, datetime.now(UTC), lambda _line: None)
        finally:
            engine.dispose()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(start, (settings, other))) == [False, True]
    engine = open_engine(settings)
    with engine.connect() as connection:
        assert [line.number for line in list_editions(connection)] == [1]
    engine.dispose()

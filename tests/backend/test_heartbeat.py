"""A worker that waits for the pen lives; one that is silent is dead, until it speaks again."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine, func, select

from backend.notices.heartbeat import DEAD_SECONDS, beating, bury, find_dead, live
from backend.notices.tables import delivery_workers
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import open_desk
from tests.journeys.waiting import wait_until


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(delivery_workers)).scalar_one())


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_worker_beats_while_an_edition_is_published(engine: Engine, settings: Settings) -> None:
    """For as long as that takes; the others would send what it sends. (On SQLite there are no others.)"""
    desk = open_desk(settings, engine)
    with writing(engine).begin(), beating(desk, "here"):
        wait_until(lambda: count(engine) == 1, 20)


def test_the_silent_are_dead_and_may_come_back(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        live(connection, "silent", 1_000)
        live(connection, "slow", 1_000)
        live(connection, "well", 1_000 + DEAD_SECONDS)
    late = 1_001 + DEAD_SECONDS
    assert sorted(find_dead(engine, "new", late)) == ["silent", "slow"]
    with writing(engine).begin() as connection:
        live(connection, "slow", late)  # between the look and the burial
        for name in ("silent", "slow"):
            bury(connection, name, late)
    assert count(engine) == 2
    assert find_dead(engine, "new", late) == []


def test_nobody_takes_itself_for_dead(engine: Engine) -> None:
    """A database that was away gives back a row as old as that; it would begin all it holds a second time."""
    with writing(engine).begin() as connection:
        live(connection, "self", 1_000)
    late = 1_001 + DEAD_SECONDS
    assert find_dead(engine, "self", late) == []
    assert find_dead(engine, "other", late) == ["self"]

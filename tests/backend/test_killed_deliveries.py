"""Delivery workers killed at any moment, one or two of them, on both databases: nobody is lost, no phone shows twice.

`--long`: a hundred kills; in `make test` a few of each.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine

from backend.notices.progress import progress, services
from backend.settings import Settings
from tests.backend.fan_out import add_followers, open_desk, tell
from tests.journeys.waiting import wait_until
from tests.push_service import PushService

FOLLOWERS = 700
SLOWER_ANSWER = 0.5  # one that a worker told to stop does not see the end of
SLOW_ANSWER = 0.004  # a fan-out long enough to be killed in the middle of


@pytest.fixture
def service(service: PushService) -> PushService:
    service.reply = lambda _path, _handler: (time.sleep(SLOW_ANSWER), (201, {}))[1]  # type: ignore[func-returns-value]
    return service


class DeliveryWorker:
    """`appui deliver` in a process of its own, on a machine of its own where `data_dir` is."""

    def __init__(self, settings: Settings, service: PushService, data_dir: Path) -> None:
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("APPUI_")},
            "APPUI_DATA_DIR": str(data_dir),
            "APPUI_DATABASE_URL": settings.database_url.replace("postgresql+psycopg", "postgresql"),
            **service.environment,
        }
        self.process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return subprocess.Popen([sys.executable, "-m", "backend.cli", "deliver"], env=self.environment)

    def kill_and_restart(self) -> None:
        self.kill()
        self.process = self._start()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()


def machines(settings: Settings, tmp_path: Path, count: int) -> list[Path]:
    """Data directories that share their keys, as several machines do."""
    others = [tmp_path / f"machine{number}" for number in range(1, count)]
    for folder in others:
        folder.mkdir()
        (folder / "keys").symlink_to(settings.keys_dir)
    return [settings.data_dir, *others]


def has_more_than(service: PushService, count: int) -> bool:
    return len(service.received) > count


def is_done(engine: Engine) -> bool:
    with engine.connect() as connection:
        return all(line.is_over for line in progress(connection))


# On SQLite there is one worker at a time.
@pytest.mark.parametrize(
    ("settings", "workers"), [("sqlite", 1), ("postgresql", 1), ("postgresql", 2)], indirect=["settings"]
)
def test_killed_at_any_moment_nobody_is_lost_or_told_twice(
    engine: Engine,
    settings: Settings,
    service: PushService,
    tmp_path: Path,
    workers: int,
    pytestconfig: pytest.Config,
) -> None:
    kills = 40 if pytestconfig.getoption("--long") else 3
    dice = Random(20261125 + workers)
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(FOLLOWERS)])
    with ExitStack() as ending:
        running = [DeliveryWorker(settings, service, place) for place in machines(settings, tmp_path, workers)]
        for worker in running:
            ending.callback(worker.kill)
        done = 0
        while done < kills:
            id_ = tell(desk, edition=2 + done)
            begun = partial(has_more_than, service, len(service.received))
            wait_until(begun, 90)
            while done < kills and not is_done(engine):
                time.sleep(dice.uniform(0.05, 1.2))
                dice.choice(running).kill_and_restart()
                done += 1
            wait_until(lambda: is_done(engine), 180)
            with engine.connect() as connection:
                line = next(found for found in progress(connection) if found.id == id_)
            assert (line.total, line.delivered, line.later) == (FOLLOWERS, FOLLOWERS, 0)
    shown = [
        Counter(told["notification"]["data"]["notice"] for told in service.messages(str(number)))
        for number in range(FOLLOWERS)
    ]
    editions = set().union(*shown)
    assert all(set(found) == editions for found in shown), "each phone was told of each notice"
    # What came twice carries the same id, tag and topic: the phone shows it once. And it is little.
    repeats = sum(sum(found.values()) - len(found) for found in shown)
    assert repeats <= kills * 4 * 50


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM])
def test_what_a_worker_that_ended_held_is_taken_over(
    engine: Engine, settings: Settings, service: PushService, tmp_path: Path, end: signal.Signals
) -> None:
    """Killed, or told to stop in the middle. It never comes back: the other carries on by itself."""
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(FOLLOWERS)])
    here, there = machines(settings, tmp_path, 2)
    first = DeliveryWorker(settings, service, here)
    slow = service.reply
    service.reply = lambda _path, _handler: (time.sleep(SLOWER_ANSWER), (201, {}))[1]  # type: ignore[func-returns-value]
    try:
        tell(desk)
        wait_until(lambda: service.received, 90)
        first.process.send_signal(end)
        with suppress(subprocess.TimeoutExpired):
            first.process.wait(8)
    finally:
        first.kill()
    service.reply = slow
    assert len(service.received) < FOLLOWERS
    second = DeliveryWorker(settings, service, there)
    try:
        wait_until(lambda: is_done(engine), 120)
    finally:
        second.kill()
    with engine.connect() as connection:
        assert progress(connection)[0].delivered == FOLLOWERS
    assert {found.path for found in service.received} == {f"/p/{number}" for number in range(FOLLOWERS)}


def test_a_service_that_is_busy_is_asked_no_sooner_by_a_worker_that_begins_again(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    busy = 6
    asked: list[float] = []

    def reply(_path: str, _handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        asked.append(time.monotonic())
        return (201, {}) if asked[-1] - asked[0] >= busy else (429, {"Retry-After": str(busy)})

    service.reply = reply
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(30)])
    tell(desk)
    worker = DeliveryWorker(settings, service, settings.data_dir)
    try:
        wait_until(lambda: told_of_it(engine), 60)
        worker.kill_and_restart()
        killed = time.monotonic()
        wait_until(lambda: reached(engine), 90)
    finally:
        worker.kill()
    assert [moment - asked[0] for moment in asked if moment > killed and moment - asked[0] < busy] == []


def reached(engine: Engine) -> int:
    with engine.connect() as connection:
        return progress(connection)[0].delivered


def told_of_it(engine: Engine) -> bool:
    """That a service is busy is written down."""
    with engine.connect() as connection:
        return any(found.rest_until for found in services(connection))


def test_watching_shows_how_far_it_is_until_all_have_left(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(20)])
    tell(desk)
    worker = DeliveryWorker(settings, service, settings.data_dir)
    worker.kill()  # until somebody watches
    command = [sys.executable, "-m", "backend.cli", "notices", "--watch", "--json"]
    watching = subprocess.Popen(
        command, env=worker.environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert watching.stderr
    try:
        bars = [next(line for line in watching.stderr if line.startswith("["))]
        worker.kill_and_restart()
        told, more = watching.communicate(timeout=90)
    finally:
        worker.kill()
        watching.kill()
    bars += more.splitlines()
    assert (bars[0], bars[-1]) == (f"[{'.' * 30}] 0 / 20\n", f"[{'#' * 30}] 20 / 20")
    assert (watching.returncode, json.loads(told)[0]["delivered"]) == (0, 20)


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_on_sqlite_a_second_worker_is_refused_in_one_line(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    open_desk(settings, engine, service.host)
    first = DeliveryWorker(settings, service, settings.data_dir)
    try:
        wait_until(lambda: (settings.data_dir / "delivery.sqlite3").exists(), 30)
        told = subprocess.run(
            [sys.executable, "-m", "backend.cli", "deliver"], env=first.environment, capture_output=True, text=True
        )
    finally:
        first.kill()
    assert told.returncode == 2
    assert len(told.stderr.splitlines()) == 1
    assert "another delivery worker" in told.stderr

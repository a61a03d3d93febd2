"""Two web processes and two delivery workers on one PostgreSQL, each machine with its own directory and port: what is
published on one is served by the other, and each follower is told once, whichever worker sends."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.backend.test_delivery import OPEN, all_done, notices, set_hours, subscribe
from tests.builders import Server, running_server
from tests.conftest import run_sql
from tests.journeys.waiting import wait_until
from tests.push_service import PushService, push_service

FOLLOWERS = 6
SERVED_SECONDS = 5  # the contract's; a machine at rest takes one


@pytest.fixture
def database(postgresql: str) -> str:
    run_sql(postgresql, "DROP DATABASE IF EXISTS two_machines", "CREATE DATABASE two_machines")
    return postgresql.replace("/postgres?", "/two_machines?")


def test_published_on_one_served_by_the_other_and_told_once(tmp_path: Path, database: str) -> None:
    with push_service(tmp_path) as service:
        settings = {**service.environment, "APPUI_DATABASE_URL": database}
        with running_server(tmp_path / "one", (), None, delivers=True, **settings) as one:
            shutil.copytree(tmp_path / "one" / "keys", tmp_path / "two" / "keys")
            with running_server(tmp_path / "two", (), None, delivers=True, **settings) as two:
                _two_machines(one, two, service)


def _two_machines(one: Server, two: Server, service: PushService) -> None:
    names = [f"phone{number}" for number in range(FOLLOWERS)]
    for number, name in enumerate(names):
        subscribe((one, two)[number % 2], service, name, "3018")
    set_hours(one, "3018", OPEN)
    one.command("publish")
    published = time.monotonic()
    wait_until(lambda: two.edition == 2, SERVED_SECONDS)
    assert time.monotonic() - published <= SERVED_SECONDS
    wait_until(lambda: all_done(two), 30)
    line = notices(two)[0]
    assert (line["total"], line["delivered"], line["later"], line["state"]) == (FOLLOWERS, FOLLOWERS, 0, "done")
    for name in names:
        heard = [set(message["notification"]["data"]) & {"activation", "notice"} for message in service.messages(name)]
        assert heard == [{"activation"}, {"notice"}], name

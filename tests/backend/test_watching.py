"""What is said of notices that wait: the bar is full only when nothing more is to leave."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine

from backend import clock
from backend.notices.announce import write_notice
from backend.notices.progress import Progress, progress
from backend.notices.services_known import resume_service
from backend.offline.desk.progress import progress_view
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import add_followers, open_desk, tell, turn
from tests.push_service import PushService


@contextmanager
def watching(settings: Settings, service: PushService) -> Iterator[subprocess.Popen[str]]:
    """`appui notices --watch`."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("APPUI_")},
        "APPUI_DATA_DIR": str(settings.data_dir),
        "APPUI_DATABASE_URL": settings.database_url.replace("postgresql+psycopg", "postgresql"),
        **service.environment,
    }
    command = [sys.executable, "-m", "backend.cli", "notices", "--watch"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def lines_until_bar(process: subprocess.Popen[str]) -> list[str]:
    assert process.stderr
    found = [process.stderr.readline().rstrip("\n")]
    while not found[-1].startswith("["):
        found.append(process.stderr.readline().rstrip("\n"))
    return found


def test_watching_says_who_waits_and_at_which_service(engine: Engine, settings: Settings, service: PushService) -> None:
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(20)])
    service.reply = lambda _path, _handler: (403, {})
    tell(desk)
    turn(desk)
    with watching(settings, service) as process:
        *_, told, bar = lines_until_bar(process)  # a first command makes keys, and says so
        assert told.startswith(f"{service.origin} was stopped")
        assert "`appui push-services list`" in told
        assert bar == f"[{'.' * 30}] 0 / 20, 20 to be tried again"
        assert len(lines_until_bar(process)) == 1, "said once"
        service.reply = lambda _path, _handler: (201, {})
        with writing(engine).begin() as connection:
            resume_service(connection, service.origin)
        desk.ahead = 120
        turn(desk)
        _, told = process.communicate(timeout=30)
    assert told.splitlines()[-1] == f"[{'#' * 30}] 20 / 20"


def test_a_service_that_rests_is_named_too(engine: Engine, settings: Settings, service: PushService) -> None:
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(20)])
    service.reply = lambda _path, _handler: (429, {"Retry-After": "600"})
    tell(desk)
    turn(desk)
    with watching(settings, service) as process:
        *_, told, bar = lines_until_bar(process)  # a first command makes keys, and says so
    assert told.startswith(f"{service.origin} rests")
    assert bar.startswith(f"[{'.' * 30}] 0 / 20, ")


@pytest.mark.parametrize("answer", [403, 500])
def test_those_given_up_at_the_end_have_left_for_good(
    engine: Engine, settings: Settings, service: PushService, answer: int
) -> None:
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(4)])
    service.reply = lambda _path, _handler: (answer, {})
    tell(desk)
    turn(desk)
    assert (line(engine).left_for_good, line(engine).later) == (0, 4)
    assert shown(engine) == (0, "0 sur 4 envoyés, 4 à réessayer : en cours")
    desk.ahead = 4 * 86_400  # the change is over
    turn(desk)
    assert (line(engine).left_for_good, line(engine).state) == (4, "done")
    assert shown(engine) == (4, "0 sur 4 envoyés, 4 non remis : terminé")


def test_each_notice_is_told_of_however_many(engine: Engine) -> None:
    """One left out would not be watched either: the bar would be full before it has left."""
    values: dict[str, str | int] = {"edition": 2, "body": "{}", "urgency": "normal", "not_before": 0, "until": 2**31}
    with writing(engine).begin() as connection:
        for number in range(300):
            write_notice(connection, clock.now(), contact=f"c{number}", id=str(number), total=1, **values)
        assert len(progress(connection)) == 300


def line(engine: Engine) -> Progress:
    with engine.connect() as connection:
        return progress(connection)[0]


def shown(engine: Engine) -> tuple[int, str]:
    """On the page of the staff: the bar, and its words."""
    with engine.connect() as connection:
        found = progress_view(connection, 2).notices[0]
    return found.done, found.words

"""What the engine gave up, or ended long ago, begins again: the ledger has the last word."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from dbos import DBOS
from sqlalchemy import Engine, update

from backend import clock
from backend.notices import engine as engine_module
from backend.notices import ledger
from backend.notices.engine import Deliveries
from backend.notices.lane import Desk, advance
from backend.notices.progress import Progress, progress
from backend.notices.tables import lanes, notices, subscriptions
from backend.notices.worker import Worker, take_slot
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import add_followers, open_desk, tell
from tests.push_service import PushService


@pytest.fixture
def desk(engine: Engine, settings: Settings, service: PushService) -> Desk:
    made = open_desk(settings, engine, service.host)
    add_followers(made, "3018", [(service.origin, service.browser(str(number))) for number in range(60)])
    return made


class Apart:
    """A worker in a thread of its own: dbos refuses one with an event loop, which a browser's fixture leaves here."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        self._thread = ThreadPoolExecutor(1)
        self._slot = take_slot(settings)
        name = self._slot.name
        self._deliveries = self._thread.submit(lambda: Deliveries(settings, desk, name)).result()
        self._worker = Worker(desk, self._deliveries, name)

    def tick(self) -> None:
        self._thread.submit(self._worker.tick).result()

    def pieces(self) -> list[str]:
        """Ids of what the engine remembers."""
        return self._thread.submit(lambda: [one.workflow_id for one in DBOS.list_workflows()]).result()

    def wait_until_ended(self) -> None:
        """The last message is counted a moment before the piece that sent it ends."""
        deadline = time.monotonic() + 30
        while self._thread.submit(lambda: DBOS.list_workflows(status=["PENDING", "ENQUEUED"])).result():
            assert time.monotonic() < deadline, "pieces that never end"
            time.sleep(0.05)

    def forget(self, before: datetime) -> None:
        self._thread.submit(self._deliveries.forget, before).result()

    def close(self) -> None:
        self._thread.submit(self._worker.close).result()
        self._thread.shutdown()
        self._slot.lock.close()


@pytest.fixture
def worker(settings: Settings, desk: Desk) -> Iterator[Apart]:
    made = Apart(settings, desk)
    yield made
    made.close()


def work_until(worker: Apart, engine: Engine, dealt_with: int) -> Progress:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        worker.tick()
        time.sleep(0.2)
        with engine.connect() as connection:
            line = progress(connection)[0]
        if line.delivered + line.later >= dealt_with:
            return line
    raise AssertionError(f"not done: {line}")


def test_a_fault_of_ours_in_the_middle_is_met_again_and_passed(
    engine: Engine, desk: Desk, worker: Apart, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    failures = iter([True, True])

    def failing(given: Desk, notice: str, number: int) -> bool:
        if next(failures, False):
            raise RuntimeError("a fault nobody thought of, with an endpoint in it")
        return advance(given, notice, number)

    monkeypatch.setattr(engine_module, "advance", failing)
    tell(desk)
    assert work_until(worker, engine, 60).delivered == 60
    told = [record.getMessage() for record in caplog.records if "begins anew" in record.getMessage()]
    assert len(told) == 2, "one that lasts is no secret"
    assert all("RuntimeError at " in line and "endpoint" not in line for line in told)


def test_a_restored_backup_goes_on_though_the_engine_had_ended(engine: Engine, desk: Desk, worker: Apart) -> None:
    tell(desk)
    work_until(worker, engine, 60)
    with writing(engine).begin() as connection:  # as it stood in the backup
        connection.execute(update(notices).values(state="sending"))
        connection.execute(update(lanes).values(cursor=0, delivered=0, done=False))
    assert work_until(worker, engine, 60).delivered == 60


def test_pieces_that_ended_long_ago_are_forgotten(engine: Engine, desk: Desk, worker: Apart) -> None:
    tell(desk)
    work_until(worker, engine, 60)
    worker.wait_until_ended()
    made = worker.pieces()
    assert made
    worker.forget(clock.now() - timedelta(days=1))
    assert worker.pieces() == made
    worker.forget(clock.now() + timedelta(days=1))
    assert worker.pieces() == []


def test_a_machine_without_the_newest_key_loses_nobody(engine: Engine, desk: Desk, worker: Apart) -> None:
    with writing(engine).begin() as connection:
        connection.execute(update(subscriptions).where(subscriptions.c.id % 2 == 0).values(vapid="elsewhere"))
    tell(desk)
    line = work_until(worker, engine, 60)
    assert (line.delivered, line.later) == (30, 30)


def test_a_worker_that_wakes_up_undoes_nothing_of_what_was_done_in_its_place(engine: Engine, desk: Desk) -> None:
    """It was suspended in the middle of a batch, and taken for dead."""
    id_ = tell(desk)
    with writing(engine).begin() as connection:
        ledger.begin_waiting(connection, desk.moment())
        assert ledger.count(connection, id_, 0, {"delivered": 40}, 40)
        assert not ledger.count(connection, id_, 0, {"delivered": 20}, 20)
        lane = ledger.load_lane(connection, id_, 0)
        assert lane is not None
        assert lane.cursor == 40
        assert progress(connection)[0].delivered == 40

"""The one door to dbos: pieces of delivery that are carried out even if whoever carries them is killed.

Each piece has an id that follows from the ledger, so that two workers who see the same work begin it once.
https://docs.dbos.dev/
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import Engine, create_engine, event

from backend.faults import name_fault
from backend.notices.activation import send_activations
from backend.notices.lane import Desk, advance, retry
from backend.notices.ledger import Lane
from backend.notices.retrying import Again
from backend.settings import Settings

# Raised when the workflows below change their steps: what an older version began is then begun anew by the ledger.
VERSION = "4"
QUEUE = "delivery"
# One push service holds two threads of a worker, and leaves the others theirs when it dies. One of the two sends: both
# would only fight for the interpreter (measured: a fifth more CPU a message). The other is there when it ends.
WORKER_CONCURRENCY, SERVICE_CONCURRENCY, SERVICE_WORKER_CONCURRENCY = 32, 8, 2
POLL_SECONDS = 1.0
FORGOTTEN_AT_ONCE = 500
READS_A_STEP = 20  # of a lane: the engine writes each step down, and our ledger each batch already
ENDED = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]

log = logging.getLogger("appui")
Result = TypeVar("Result")

_desk: Desk | None = None
_turns: dict[str, threading.Lock] = {}


def _at_work() -> Desk:
    if _desk is None:
        raise RuntimeError("the engine was not launched")
    return _desk


def _turn(origin: str) -> threading.Lock:
    """Whoever sends to that push service, in this process."""
    return _turns.setdefault(origin, threading.Lock())


def _not_in_silence(step: Callable[..., Result]) -> Callable[..., Result]:
    """What fails is begun anew by the worker's next look, for as long as it matters: somebody must know."""

    @wraps(step)
    def told(*given: Any) -> Result:
        try:
            return step(*given)
        except Exception as error:
            log.warning("a piece of delivery failed and begins anew (%s)", name_fault(error))
            raise

    return told


@DBOS.step()
@_not_in_silence
def _advance(notice: str, number: int) -> bool:
    """Whether there is more."""
    return all(advance(_at_work(), notice, number) for _ in range(READS_A_STEP))


@DBOS.workflow()
def _lane(notice: str, number: int, origin: str) -> None:
    with _turn(origin):
        while _advance(notice, number):
            pass


@DBOS.step()
@_not_in_silence
def _retry(notice: str, origin: str, due: int) -> bool:
    return retry(_at_work(), Again(notice, origin, due))


@DBOS.workflow()
def _again(notice: str, origin: str, due: int) -> None:
    with _turn(origin):
        while _retry(notice, origin, due):
            pass


@DBOS.step()
@_not_in_silence
def _send_activations(origin: str, digests: list[str], taken: int) -> None:
    send_activations(_at_work(), origin, digests, taken)


@DBOS.workflow()
def _activations(origin: str, digests: list[str], taken: int) -> None:
    _send_activations(origin, digests, taken)


def lane_id(lane: Lane) -> str:
    return f"{lane.notice}.{lane.number}.{lane.epoch}"


def again_id(again: Again) -> str:
    return f"{again.notice}.{again.origin}.{again.due}"


class Deliveries:
    """A launched engine. `executor` must be the same each time a worker starts again: what it held resumes at once."""

    def __init__(self, settings: Settings, desk: Desk, executor: str) -> None:
        global _desk  # dbos registers functions, not objects
        _desk = desk
        self._begun: set[str] = set()
        DBOS(config=_config(settings, executor))
        DBOS.launch()
        # What dbos says of failures names arguments: it must not reach a log.
        logging.getLogger("dbos").setLevel(logging.CRITICAL)
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=WORKER_CONCURRENCY,
            partition_concurrency=SERVICE_CONCURRENCY,
            partition_worker_concurrency=SERVICE_WORKER_CONCURRENCY,
            polling_interval_sec=POLL_SECONDS,
            on_conflict="always_update",
        )

    def begin_lane(self, lane: Lane) -> None:
        self._begin(lane_id(lane), lane.origin, _lane, lane.notice, lane.number, lane.origin)

    def begin_again(self, again: Again) -> None:
        self._begin(again_id(again), again.origin, _again, again.notice, again.origin, again.due)

    def over(self, ids: Sequence[str]) -> set[str]:
        """Those of these pieces that have ended, well or not."""
        ended = DBOS.list_workflows(workflow_ids=list(ids), status=ENDED, load_input=False, load_output=False)
        return {workflow.workflow_id for workflow in ended}

    def begin_activations(self, origin: str, digests: list[str], taken: int) -> None:
        """Together: the queue begins one piece a second for each service, and a class asks at once. Beside the fan-outs
        to that service: somebody waits, looking at a page. `taken`: when they were taken in hand."""
        self._begin(f"echoes.{digests[0]}.{taken}", f"echoes {origin}", _activations, origin, digests, taken)

    def forget(self, before: datetime) -> None:
        """What ended by then, and serves no more. Whatever the ledger still wants can be begun anew."""
        self._begun.clear()
        until = before.isoformat()
        while found := DBOS.list_workflows(
            status=ENDED, completed_before=until, limit=FORGOTTEN_AT_ONCE, load_input=False, load_output=False
        ):
            DBOS.delete_workflows([workflow.workflow_id for workflow in found])

    def take_over(self, executor: str) -> int:
        """Carry on what a worker that died had begun; how many pieces."""
        held = DBOS.list_workflows(status="PENDING", executor_id=executor, load_input=False, load_output=False)
        for workflow in held:
            DBOS.resume_workflow(workflow.workflow_id)
        return len(held)

    def close(self) -> None:
        DBOS.destroy(workflow_completion_timeout_sec=5)

    def _begin(self, id_: str, part: str, workflow: Callable[..., Any], *arguments: object) -> None:
        # To begin what was begun changes nothing, but costs a query.
        if id_ in self._begun:
            return
        with SetWorkflowID(id_), SetEnqueueOptions(queue_partition_key=part):
            DBOS.enqueue_workflow(QUEUE, workflow, *arguments)
        self._begun.add(id_)


def _config(settings: Settings, executor: str) -> DBOSConfig:
    config: DBOSConfig = {
        "name": "appui",
        "application_version": VERSION,
        "executor_id": executor,
        "log_level": "CRITICAL",
        "console_log_level": "CRITICAL",
        "enable_otlp": False,
        "scheduler_polling_interval_sec": 3600.0,
        # No piece waits for a message: listening for them all the same is a third of what dbos costs at rest.
        "use_listen_notify": False,
    }
    if settings.database_url.startswith("sqlite"):
        url = f"sqlite:///{settings.data_dir / 'delivery.sqlite3'}"
        return {**config, "system_database_url": url, "system_database_engine": _sqlite(url)}
    return {**config, "system_database_url": settings.database_url}


def _sqlite(url: str) -> Engine:
    """As dbos makes it, but with a write-ahead log: a third less CPU. What a power cut could take is in our ledger."""
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = "IMMEDIATE"
        for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "busy_timeout = 30000", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    return engine

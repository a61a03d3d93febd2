"""A delivery worker: looks every second at what the ledger says is to be done, and hands it to the engine.

Several may run, on several machines, where the database is PostgreSQL; on SQLite one at a time.
"""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from sqlalchemy import Engine

from backend import clock
from backend.faults import name_fault
from backend.notices import ledger, retrying
from backend.notices.activation import has_unsent, take_unsent
from backend.notices.engine import Deliveries, again_id, lane_id
from backend.notices.heartbeat import HEARTBEAT_SECONDS, beating, bury, find_dead
from backend.notices.lane import Desk
from backend.notices.pending import forget_unanswered
from backend.notices.services_known import forget_quiet
from backend.notices.subscriptions import expire
from backend.notices.vapid import load_vapid
from backend.notices.vault import load_vault
from backend.records import RefusedError
from backend.settings import Settings
from backend.storage.engine import writing

log = logging.getLogger("appui")

TICK_SECONDS = 1.0
MOST_SLOTS = 64
KEEP_PIECES_DAYS = 7
KEEP_NOTICES_SECONDS = 90 * 86_400


@dataclass
class Slot:
    """A place that one process of this machine holds; kept by the lock, which the system frees when it dies."""

    name: str
    lock: IO[str]


def take_slot(settings: Settings) -> Slot:
    """The same name again for whoever starts after a worker that died. Raises RefusedError where there is no room."""
    machine = _machine(settings.data_dir)
    for number in range(1 if _is_alone(settings) else MOST_SLOTS):
        lock = (settings.data_dir / f"delivery-{number}.lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            continue
        return Slot(f"{machine}-{number}", lock)
    raise RefusedError(
        "another delivery worker runs on this data directory (`appui serve` has one inside unless --no-delivery); "
        "several need PostgreSQL"
    )


def _is_alone(settings: Settings) -> bool:
    """On SQLite there is one worker: nobody looks whether it lives, and saying so would wear the disk."""
    return settings.database_url.startswith("sqlite")


def _machine(data_dir: Path) -> str:
    path = data_dir / "delivery-machine"
    if not path.exists():
        path.write_text(secrets.token_hex(8), encoding="ascii")
    return path.read_text(encoding="ascii").strip()


Daily = Callable[[Engine, datetime], None]


def deliver(settings: Settings, engine: Engine, slot: Slot, goes_on: Callable[[], bool], daily: Daily) -> None:
    """Work until `goes_on` says no. `daily`: what another room wants to tell by then, asked for at start and each day;
    several workers ask, it makes each notice once."""
    desk = Desk(
        engine, load_vault(settings.keys_dir), load_vapid(settings), settings.push_hosts_extra, settings.public_url
    )
    quiet = threading.Event()
    with nullcontext() if _is_alone(settings) else beating(desk, slot.name):
        worker = Worker(desk, Deliveries(settings, desk, slot.name), slot.name, daily)
        try:
            while goes_on():
                worker.tick()
                quiet.wait(TICK_SECONDS)
        finally:
            worker.close()


class Worker:
    def __init__(self, desk: Desk, deliveries: Deliveries, name: str, daily: Daily = lambda *_: None) -> None:
        self._desk = desk
        self._deliveries = deliveries
        self._name = name
        self._daily = daily
        self._looked_round_at = 0
        self._swept_on = ""
        self._away = False

    def tick(self) -> None:
        """One look. A database that is away is tried again at the next."""
        try:
            self._tick(self._desk.moment())
            self._away = False
        except Exception as error:
            if not self._away:
                log.warning("delivery waits (%s)", name_fault(error))
            self._away = True

    def _tick(self, moment: int) -> None:
        if moment - self._looked_round_at >= HEARTBEAT_SECONDS:
            self._look_round(moment)
            self._begin_anew(moment)
            self._looked_round_at = moment
        with self._desk.engine.connect() as connection:
            asked = has_unsent(connection, moment)
            begins = ledger.has_waiting(connection, moment)
            under_way = ledger.has_under_way(connection)
        if asked:
            self._echo(moment)
        if begins:
            with writing(self._desk.engine).begin() as connection:
                ledger.begin_waiting(connection, moment)
        if begins or under_way:
            self._go_on(moment)
        self._sweep(moment)

    def _echo(self, moment: int) -> None:
        with self._desk.writing().begin() as connection:
            taken = take_unsent(connection, moment)
        for origin, digests in taken.items():
            self._deliveries.begin_activations(origin, digests, moment)

    def _go_on(self, moment: int) -> None:
        with self._desk.engine.connect() as connection:
            lanes, again = ledger.open_lanes(connection, moment), retrying.due_again(connection, moment)
            finished = ledger.has_finished(connection, moment)
        for lane in lanes:
            self._deliveries.begin_lane(lane)
        for group in again:
            self._deliveries.begin_again(group)
        if finished:
            with writing(self._desk.engine).begin() as connection:
                ledger.close_finished(connection, moment)

    def _look_round(self, moment: int) -> None:
        """Take over from workers that died; forget who never answered."""
        with self._desk.writing().begin() as connection:
            forget_unanswered(connection, clock.now())
        for name in find_dead(self._desk.engine, self._name, moment):
            if count := self._deliveries.take_over(name):
                log.info("took over %s pieces of delivery from a worker that died", count)
            with self._desk.writing().begin() as connection:
                bury(connection, name, moment)

    def _begin_anew(self, moment: int) -> None:
        """What the ledger says is not done and the engine has ended (a fault met, a backup restored) begins again."""
        with self._desk.engine.connect() as connection:
            lanes, again = ledger.open_lanes(connection, moment), retrying.due_again(connection, moment)
        if not lanes and not again:
            return
        over = self._deliveries.over([*map(lane_id, lanes), *map(again_id, again)])
        with self._desk.writing().begin() as connection:
            for lane in lanes:
                if lane_id(lane) in over:
                    ledger.pause(connection, lane)
            for group in again:
                if again_id(group) in over:
                    retrying.postpone(connection, group, moment + HEARTBEAT_SECONDS)

    def _sweep(self, moment: int) -> None:
        """Once a day, and at start: what nobody answers to any more, and what the day brings."""
        now = datetime.fromtimestamp(moment, UTC)
        today = clock.paris_day(now)
        if today.isoformat() == self._swept_on:
            return
        with writing(self._desk.engine).begin() as connection:
            expire(connection, today)
            forget_quiet(connection, moment)
            ledger.forget_old(connection, moment - KEEP_NOTICES_SECONDS)
        # Said first: a fault of the engine or of the other room waits for tomorrow, and notices go on meanwhile.
        self._swept_on = today.isoformat()
        self._deliveries.forget(now - timedelta(days=KEEP_PIECES_DAYS))
        self._daily(self._desk.engine, now)

    def close(self) -> None:
        self._deliveries.close()


def parent_lives(parent: int | None) -> Callable[[], bool]:
    """Whether the process that started this one is still there; without one, it goes on until it is told to stop."""
    return lambda: parent is None or os.getppid() == parent

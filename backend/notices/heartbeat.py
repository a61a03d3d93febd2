"""That a delivery worker lives, told to the others from a thread of its own.

The worker's look waits for the pen while an edition is published, on a small machine for longer than a dead worker is
given; the row of a heartbeat is nobody else's and waits for nothing. Where several machines deliver, their clocks are
compared: they must agree within some seconds.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import Connection, Engine, delete, insert, select, update

from backend.notices.lane import Desk
from backend.notices.tables import delivery_workers

HEARTBEAT_SECONDS = 3
# A worker silent for so long is dead: what it held goes to the others.
DEAD_SECONDS = 12


@contextmanager
def beating(desk: Desk, name: str) -> Iterator[None]:
    """While this lasts, `name` is known to live. The row it leaves grows old by itself: what it was in the middle of
    when it was told to stop goes to the others, as that of one that died."""
    ended = threading.Event()
    heart = threading.Thread(target=_beat, args=(desk, name, ended), name="heartbeat", daemon=True)
    heart.start()
    try:
        yield
    finally:
        ended.set()
        heart.join(HEARTBEAT_SECONDS)


def _beat(desk: Desk, name: str, ended: threading.Event) -> None:
    while not ended.is_set():
        # Whatever it is: a heart that stopped would give away the work of a worker that goes on. That the database is
        # away, the worker itself says.
        with suppress(Exception), desk.writing().begin() as connection:
            live(connection, name, desk.moment())
        ended.wait(HEARTBEAT_SECONDS)


def live(connection: Connection, name: str, moment: int) -> None:
    """Say that `name` lives at `moment`, epoch seconds."""
    table = delivery_workers
    if not connection.execute(update(table).where(table.c.id == name).values(seen=moment)).rowcount:
        connection.execute(insert(table).values(id=name, seen=moment))


def find_dead(engine: Engine, name: str, moment: int) -> list[str]:
    """Those that have been silent for too long; `name`, who asks, lives: after a database that was away, or a start on
    the row of a worker that was killed, it may ask before its heart has beaten."""
    table = delivery_workers
    query = select(table.c.id).where(table.c.seen < moment - DEAD_SECONDS, table.c.id != name)
    with engine.connect() as connection:
        return list(connection.execute(query).scalars())


def bury(connection: Connection, name: str, moment: int) -> None:
    """Forget one whose work was taken over, unless it has come back meanwhile."""
    table = delivery_workers
    connection.execute(delete(table).where(table.c.id == name, table.c.seen < moment - DEAD_SECONDS))

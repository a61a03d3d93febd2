"""One way to send one notice to many, alone in its process: `python -m tests.benchmarks.sending WAY FOLDER COUNT`.

Prints JSON: `cpu`, microseconds of CPU of this process a message, its imports left out; `rss`, MB at the most; `sent`;
`own`, those of them within our steps and looks (`engine` alone): what is left is dbos.
Ways: `encode` (WebPusher.encode alone), `engine` (the whole fan-out, as `appui deliver` does it), `webpush` (a loop of
pywebpush.webpush), `webpush_async` (its asyncio form, one shared session).
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import resource
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from backend.base64url import base64url
from backend.notices.announce import DONE
from backend.notices.lane import Desk
from backend.notices.message import padded
from backend.notices.progress import progress
from backend.notices.tables import notices, subscriptions
from backend.notices.vapid import load_vapid
from backend.notices.vault import load_vault
from backend.settings import Settings, from_environment
from backend.storage.engine import open_engine

AT_ONCE = 100


def main(way: str, folder: Path, count: int) -> None:
    settings = from_environment({**_appui(os.environ), "APPUI_DATA_DIR": str(folder)})
    engine = open_engine(settings)
    desk = Desk(
        engine, load_vault(settings.keys_dir), load_vapid(settings), settings.push_hosts_extra, settings.public_url
    )
    ready = WAYS[way](settings, engine, desk, count)
    before = _cpu()
    sent = ready()
    used = _cpu() - before
    # Not ru_maxrss: a child inherits what its parent once held.
    rss = int(re.findall(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[0]) / 1024
    print(json.dumps({"cpu": used * 1e6 / sent, "rss": rss, "sent": sent, "own": _own * 1e6 / sent}))


def _appui(environment: os._Environ[str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith("APPUI_")}


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _body(engine: Engine) -> bytes:
    with engine.connect() as connection:
        return padded(str(connection.execute(select(notices.c.body)).scalars().first()))


def _rows(engine: Engine, count: int) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(subscriptions.c.sealed, subscriptions.c.vapid).limit(count)))


def _encode(_settings: Settings, engine: Engine, desk: Desk, count: int) -> Callable[[], int]:
    from pywebpush import WebPusher

    body = _body(engine)
    infos = _infos(engine, desk, count)

    def run() -> int:
        for info in infos:
            WebPusher(info).encode(body)
        return len(infos)

    return run


def _engine(settings: Settings, engine: Engine, desk: Desk, _count: int) -> Callable[[], int]:
    import_module("backend.cli")  # as much in memory as `appui deliver` has
    import_module("backend.offline.desk.reminding")
    from backend.notices import engine as door
    from backend.notices.engine import Deliveries
    from backend.notices.worker import TICK_SECONDS, Worker, take_slot

    slot = take_slot(settings)
    worker = Worker(desk, Deliveries(settings, desk, slot.name), slot.name)

    vars(door)["advance"] = _timed(vars(door)["advance"])

    def run() -> int:
        global _own
        began = time.thread_time()
        while not _is_over(engine):
            worker.tick()
            time.sleep(TICK_SECONDS)
        _own += time.thread_time() - began
        return _delivered(engine)

    return run


_own = 0.0  # seconds of CPU in our code; one thread sends to a service, so no two add to it at once


def _timed(step: Callable[..., Any]) -> Callable[..., bool]:
    def advance(*given: Any) -> bool:
        global _own
        began = time.thread_time()
        more = bool(step(*given))
        _own += time.thread_time() - began
        return more

    return advance


def _is_over(engine: Engine) -> bool:
    with engine.connect() as connection:
        return bool(connection.execute(select(notices.c.state)).scalar_one() == DONE)


def _delivered(engine: Engine) -> int:
    with engine.connect() as connection:
        return progress(connection)[0].delivered


def _infos(engine: Engine, desk: Desk, count: int) -> list[dict[str, Any]]:
    found = [desk.vault.unseal(row.sealed) for row in _rows(engine, count)]
    return [
        {"endpoint": one.endpoint, "keys": {"p256dh": base64url(one.p256dh), "auth": base64url(one.auth)}}
        for one in found
    ]


def _claims() -> dict[str, str | int]:
    return {"sub": "mailto:essai@example.org"}


def _webpush(settings: Settings, engine: Engine, desk: Desk, count: int) -> Callable[[], int]:
    from pywebpush import webpush

    infos, body, key = _infos(engine, desk, count), _body(engine), _key_file(settings)
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"]

    def run() -> int:
        for info in infos:
            webpush(info, body, vapid_private_key=key, vapid_claims=_claims(), ttl=60)
        return len(infos)

    return run


def _webpush_async(settings: Settings, engine: Engine, desk: Desk, count: int) -> Callable[[], int]:
    import aiohttp
    from pywebpush import webpush_async

    infos, body, key = _infos(engine, desk, count), _body(engine), _key_file(settings)

    async def all_of_them() -> int:
        gate = asyncio.Semaphore(AT_ONCE)
        async with aiohttp.ClientSession() as session:

            async def one(info: dict[str, Any]) -> None:
                async with gate:
                    await webpush_async(
                        info, body, vapid_private_key=key, vapid_claims=_claims(), ttl=60, aiohttp_session=session
                    )

            await asyncio.gather(*(one(info) for info in infos))
        return len(infos)

    return lambda: asyncio.run(all_of_them())


def _key_file(settings: Settings) -> str:
    return str(next(settings.keys_dir.glob("push-key-*.pem")))


WAYS = {"encode": _encode, "engine": _engine, "webpush": _webpush, "webpush_async": _webpush_async}

if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]))

"""A running server notices a new edition by itself, whichever process published it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine

from backend.offline.editions import last_number
from backend.offline.public import PublicSide
from backend.offline.shelf import Shelf

log = logging.getLogger("appui")
EVERY_SECONDS = 1.0


async def watch_editions(engine: Engine, public: PublicSide, load: Callable[[], Shelf]) -> None:
    """Swap the shelf when the number moves. A database that is away is tried again; reading goes on."""
    away = False
    loop = asyncio.get_running_loop()
    # One thread, always the same: each further one would keep a connection and memory of its own.
    thread = ThreadPoolExecutor(1)
    while True:
        await asyncio.sleep(EVERY_SECONDS)
        try:
            number = await loop.run_in_executor(thread, _last, engine)
            if number != public.shelf.edition:
                public.shelf = await loop.run_in_executor(thread, load)
                log.info("edition %s is served", public.shelf.edition)
            away = False
        except Exception as error:
            if not away:
                log.warning("cannot look for a new edition (%s); the current one is still served", type(error).__name__)
            away = True


def _last(engine: Engine) -> int:
    with engine.connect() as connection:
        return last_number(connection)

"""Handlers that wait for the database stand apart from the event loop, which serves readers."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import ParamSpec, TypeVar

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def in_thread(handler: Callable[Given, Answer]) -> Callable[Given, Awaitable[Answer]]:
    """Under `@get` or `@post`. (Litestar's own `sync_to_thread` wraps a handler twice where a second one, of another
    method, shares its address; what it then answers is a coroutine.)"""

    @wraps(handler)
    async def run(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        return await asyncio.to_thread(handler, *args, **kwargs)

    return run

"""The least an ASGI application can do: one answer, made ready, to every request.

With BENCH_COPY, an address of ours, it answers as that one does to a browser that takes Brotli: status, header fields,
bytes. It imports nothing of ours.
"""

from __future__ import annotations

import os
import urllib.request
from collections.abc import Awaitable, Callable
from typing import Any

Messages = tuple[dict[str, Any], dict[str, Any]]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
OWN = ("date", "connection")


def messages() -> Messages:
    fields, body = [("content-length", "2")], b"ok"
    if address := os.environ.get("BENCH_COPY"):
        with urllib.request.urlopen(urllib.request.Request(address, headers={"Accept-Encoding": "br"})) as answer:
            body = answer.read()
            # uvicorn writes the date itself; urllib asked for the connection to be closed.
            fields = [(name, value) for name, value in answer.headers.items() if name.lower() not in OWN]
    headers = [(name.lower().encode(), value.encode()) for name, value in fields]
    return {"type": "http.response.start", "status": 200, "headers": headers}, {
        "type": "http.response.body",
        "body": body,
    }


def create() -> Callable[[dict[str, Any], Receive, Send], Awaitable[None]]:
    start, body = messages()

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await receive()
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send(start)
        await send(body)

    return app

"""ASGI shapes, and the layer that puts the security headers on every dynamic answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from backend.web.headers import RAW_SECURITY_HEADERS

Scope = dict[str, Any]
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


def with_security_headers(app: App, cache: bytes = b"no-store") -> App:
    """Every answer of `app` carries the headers, its errors included; what it says of caching stands."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower(), value) for name, value in message["headers"]]
                if not any(name == b"cache-control" for name, _ in own):
                    own.append((b"cache-control", cache))
                message = {**message, "headers": [*own, *RAW_SECURITY_HEADERS]}
            await send(message)

        await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return wrapped

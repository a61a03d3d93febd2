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


def with_security_headers(app: App) -> App:
    """Every answer of `app` carries the headers, its errors included; none is kept, unless it says so itself."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [(name.lower(), value) for name, value in message["headers"]]
                if not any(name == b"cache-control" for name, _ in own):
                    own.append((b"cache-control", b"no-store"))
                names = {name for name, _ in own}
                missing = [header for header in RAW_SECURITY_HEADERS if header[0] not in names]
                message = {**message, "headers": [*own, *missing]}
            await send(message)

        await app(scope, receive, send_with_headers if scope["type"] == "http" else send)

    return wrapped


def with_staff_headers(app: App) -> App:
    """Under /equipe/, errors included: kept nowhere, listed nowhere, and only our own site learns where one was.

    (With `no-referrer` browsers would also hide the Origin of forms, which tells forgeries: Fetch, 3.2.)
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_private(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = [header for header in message["headers"] if header[0].lower() != b"cache-control"]
                message = {**message, "headers": [*own, *_STAFF_HEADERS]}
            await send(message)

        staff = scope["type"] == "http" and scope["path"].startswith("/equipe")
        await app(scope, receive, send_private if staff else send)

    return wrapped


_STAFF_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-robots-tag", b"noindex, nofollow"),
    (b"referrer-policy", b"same-origin"),
]


def answering_head(app: App) -> App:
    """HEAD is GET without its body (RFC 9110, 9.3.2), for an app that knows GET alone."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await app(scope, receive, send)
            return

        async def send_head(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        await app({**scope, "method": "GET"}, receive, send_head)

    return wrapped

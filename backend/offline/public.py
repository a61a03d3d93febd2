"""The public side as an ASGI layer in front of Litestar: a dictionary look-up, no database, no template."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from backend.offline.answers import Answer, accepted_encodings
from backend.offline.shelf import Shelf
from backend.web.headers import RAW_SECURITY_HEADERS

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

_EMPTY = {"type": "http.response.body", "body": b""}


class PublicSide:
    """Answers what the shelf holds; everything else goes to `inner`."""

    def __init__(self, shelf: Shelf, inner: App) -> None:
        self.shelf = shelf
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] in ("GET", "HEAD"):
            answer = self.shelf.answers.get(scope["path"])
            if answer is not None:
                await respond(answer, scope, send)
                return
            if scope["path"] + "/" in self.shelf.answers:
                await _redirect(scope["path"] + "/", send)
                return
        await self.inner(scope, receive, send)


async def respond(answer: Answer, scope: Scope, send: Send) -> None:
    accept = tags = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding":
            accept = value
        elif name == b"if-none-match":
            tags = value
    if tags and matches(answer.etag, tags):
        await send(answer.not_modified)
        await send(_EMPTY)
        return
    start, body = answer.messages(accepted_encodings(accept))
    await send(start)
    await send(body if scope["method"] == "GET" else _EMPTY)


def matches(etag: bytes, header: bytes) -> bool:
    """Weak comparison of RFC 9110, 13.1.2."""
    opaque = etag.removeprefix(b"W/")
    return any(tag.strip().removeprefix(b"W/") in (opaque, b"*") for tag in header.split(b","))


async def _redirect(path: str, send: Send) -> None:
    headers = [*RAW_SECURITY_HEADERS, (b"location", path.encode()), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send(_EMPTY)

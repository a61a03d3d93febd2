"""The public side as an ASGI layer in front of Litestar: a dictionary look-up, no database, no template."""

from __future__ import annotations

from backend.offline.answers import Answer, accepted_encodings
from backend.offline.shelf import Shelf
from backend.web.asgi import App, Receive, Scope, Send
from backend.web.headers import RAW_SECURITY_HEADERS

# Longer headers than any browser sends are not looked at: reading them costs memory and time.
LONGEST_HEADER = 512
READING = ("GET", "HEAD")
_EMPTY = {"type": "http.response.body", "body": b""}


class PublicSide:
    """Answers what the shelf holds; everything else goes to `inner`."""

    def __init__(self, shelf: Shelf, inner: App) -> None:
        self.shelf = shelf
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] != "OPTIONS":
            answer = self.shelf.answers.get(scope["path"])
            reads = scope["method"] in READING
            if answer is not None:
                await (respond(answer, scope, send) if reads else _refuse(send))
                return
            if reads and scope["path"] + "/" in self.shelf.answers:
                await _redirect(scope, send)
                return
        await self.inner(scope, receive, send)


async def respond(answer: Answer, scope: Scope, send: Send) -> None:
    accept = tags = b""
    for name, value in scope["headers"]:
        if name == b"accept-encoding" and len(value) <= LONGEST_HEADER:
            accept = value
        elif name == b"if-none-match" and len(value) <= LONGEST_HEADER:
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


async def _refuse(send: Send) -> None:
    """Pages are there to be read (RFC 9110, 15.5.6)."""
    allowed = (b"allow", ", ".join(READING).encode())
    headers = [*RAW_SECURITY_HEADERS, allowed, (b"cache-control", b"no-store"), (b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 405, "headers": headers})
    await send(_EMPTY)


async def _redirect(scope: Scope, send: Send) -> None:
    """To the same address with its last slash; the query goes along."""
    query = b"?" + scope["query_string"] if scope["query_string"] else b""
    location = scope["path"].encode() + b"/" + query
    headers = [
        *RAW_SECURITY_HEADERS,
        (b"location", location),
        (b"cache-control", b"no-cache"),
        (b"content-length", b"0"),
    ]
    await send({"type": "http.response.start", "status": 308, "headers": headers})
    await send(_EMPTY)

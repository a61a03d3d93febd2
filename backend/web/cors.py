"""Reading the public JSON from pages of other sites (CORS, https://fetch.spec.whatwg.org/#http-cors-protocol)."""

from __future__ import annotations

from backend.web.asgi import App, Message, Receive, Scope, Send
from backend.web.headers import RAW_SECURITY_HEADERS

OPEN = ("/api/v1/", "/schema")
# A browser's subscription is between it and us alone.
CLOSED = ("/api/v1/subscriptions",)
ANYONE = (b"access-control-allow-origin", b"*")
PREFLIGHT = [
    *RAW_SECURITY_HEADERS,
    ANYONE,
    (b"access-control-allow-methods", b"GET, HEAD"),
    (b"access-control-allow-headers", b"if-none-match"),
    (b"access-control-max-age", b"86400"),
    (b"cache-control", b"no-store"),
]


def with_open_reading(app: App) -> App:
    """GET and HEAD of public JSON may be read by anyone; never with credentials, never for writing."""

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(OPEN) or scope["path"].startswith(CLOSED):
            await app(scope, receive, send)
        elif scope["method"] in ("GET", "HEAD"):
            await app(scope, receive, _opened(send))
        elif scope["method"] == "OPTIONS" and any(
            name == b"access-control-request-method" for name, _ in scope["headers"]
        ):
            await send({"type": "http.response.start", "status": 204, "headers": PREFLIGHT})
            await send({"type": "http.response.body", "body": b""})
        else:
            await app(scope, receive, send)

    return wrapped


def _opened(send: Send) -> Send:
    async def send_opened(message: Message) -> None:
        if message["type"] == "http.response.start":
            exposed = (b"access-control-expose-headers", b"etag")
            message = {**message, "headers": [*message["headers"], ANYONE, exposed]}
        await send(message)

    return send_opened

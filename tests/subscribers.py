"""Browsers that subscribe, without a browser: their keys, their endpoints, and the addresses they call, in process."""

from __future__ import annotations

import asyncio
import json
import os
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from litestar import Litestar
from sqlalchemy import Engine, func, select

from backend.base64url import base64url
from backend.notices.keys import prepare_keys
from backend.notices.routes import subscription_routes
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import load_vault
from backend.settings import Settings
from backend.web.asgi import App
from backend.web.errors import error_handler

T = TypeVar("T")
CONTACTS = ("3018", "3919", "17", *(f"c{n}" for n in range(100)))
PLACE = "/api/v1/subscriptions"


def new_point() -> bytes:
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


POINT = new_point()


def address(n: int) -> str:
    """The address of the n-th client."""
    return f"10.{n >> 16 & 255}.{n >> 8 & 255}.{n & 255}"


@dataclass
class Browser:
    """What `PushSubscription.toJSON()` gives, and who asks."""

    name: str
    host: str = "https://updates.push.services.mozilla.com/wpush/v2/"
    point: bytes = POINT
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def endpoint(self) -> str:
        return f"{self.host}{self.name}"

    def wish(self, *contacts: str) -> dict[str, Any]:
        keys = {"p256dh": base64url(self.point), "auth": base64url(self.auth)}
        return {"endpoint": self.endpoint, "keys": keys, "contacts": list(contacts or CONTACTS[:2])}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


class Desk:
    """The addresses of subscriptions as the application mounts them, called without a network."""

    def __init__(self, engine: Engine, settings: Settings, runner: EventLoop) -> None:
        self.engine = engine
        self.settings = settings
        self.vault = load_vault(settings.keys_dir)
        self._runner = runner
        self._clients = count(1)
        self._app: App = Litestar(  # type: ignore[assignment]
            route_handlers=[subscription_routes(engine, settings, lambda: CONTACTS)],
            exception_handlers={Exception: error_handler(lambda _: None)},
            openapi_config=None,
        )

    def call(self, method: str, path: str, value: Any, **more: Any) -> Reply:
        return self._runner.run(self.calling(method, path, value, **more))

    def at_once(self, calls: list[tuple[str, str, Any, str]]) -> list[Reply]:
        """Calls in flight together, each from its client."""

        async def gather() -> list[Reply]:
            return await asyncio.gather(*(self.calling(m, p, v, client=client) for m, p, v, client in calls))

        return self._runner.run(gather())

    async def calling(
        self, method: str, path: str, value: Any, client: str = "203.0.113.1", type_: str | None = "application/json"
    ) -> Reply:
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        headers = [(b"host", b"localhost"), (b"content-length", str(len(body)).encode())]
        headers += [(b"content-type", type_.encode())] if type_ is not None else []
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": path,
                 "raw_path": path.encode(), "root_path": "", "scheme": "http", "query_string": b"",
                 "headers": headers, "client": (client, 1), "server": ("localhost", 80)}  # fmt: skip
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message: dict[str, Any]) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        told = {name.decode(): text.decode() for name, text in sent[0]["headers"]}
        return Reply(sent[0]["status"], told, b"".join(message.get("body", b"") for message in sent[1:]))

    def ask(self, browser: Browser, *contacts: str, client: str = "203.0.113.1") -> Reply:
        return self.call("POST", PLACE, browser.wish(*contacts), client=client)

    def echoed(self, browser: Browser) -> str:
        """The token as the delivery worker reads it, to send it to that browser alone."""
        place = pending_subscriptions.c.endpoint_hash == self.vault.endpoint_hash(browser.endpoint)
        with self.engine.connect() as connection:
            sealed = connection.execute(select(pending_subscriptions.c.token_sealed).where(place)).scalar_one()
        return self.vault.unseal_token(sealed)

    def activate(self, token: str) -> Reply:
        return self.call("POST", f"{PLACE}/activate", {"token": token})

    def subscribed(self, browser: Browser, *contacts: str) -> dict[str, str]:
        """Proof of an active subscription: what PUT and DELETE ask for."""
        assert self.ask(browser, *contacts, client=address(next(self._clients))).status == 202
        secret = self.activate(self.echoed(browser)).json["secret"]
        return {"endpoint": browser.endpoint, "secret": secret}

    def count_pending(self) -> int:
        with self.engine.connect() as connection:
            return connection.execute(select(func.count()).select_from(pending_subscriptions)).scalar_one()


class EventLoop:
    """A loop in a thread of its own: Playwright may already have one running in the test's."""

    def __enter__(self) -> EventLoop:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@contextmanager
def open_desk(engine: Engine, settings: Settings) -> Iterator[Desk]:
    prepare_keys(settings, engine, lambda _: None)
    with EventLoop() as loop:
        yield Desk(engine, settings, loop)

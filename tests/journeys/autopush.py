"""A push service on loopback that speaks with real Firefox: its open WebSocket protocol on one side, RFC 8030 on the
other (https://mozilla-services.github.io/autopush-rs/). It keeps what a browser that is away has not received."""

from __future__ import annotations

import asyncio
import base64
import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import WSMsgType, web


class Autopush:
    def __init__(self) -> None:
        self.port = 0
        self.sent: list[str] = []  # channels that a message came for
        self._uaid = uuid.uuid4().hex
        self._socket: web.WebSocketResponse | None = None
        self._waiting: list[dict[str, object]] = []
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self._ready.wait(10)

    @property
    def host(self) -> str:
        """For APPUI_PUSH_HOSTS_EXTRA."""
        return f"127.0.0.1:{self.port}"

    @property
    def preferences(self) -> dict[str, object]:
        """What Firefox needs to come here instead of to its maker."""
        return {
            "dom.push.serverURL": f"ws://{self.host}/",
            "dom.push.testing.allowInsecureServerURL": True,
            "dom.push.connection.enabled": True,
            "dom.push.retryBaseInterval": 200,
            "alerts.useSystemBackend": False,
            "permissions.default.desktop-notification": 1,
        }

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_get("/", self._browser)
        app.router.add_post("/wpush/{channel}", self._message)
        runner = web.AppRunner(app, access_log=None)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.port = runner.addresses[0][1]
        self._ready.set()
        self._loop.run_forever()

    async def _browser(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("push-notification",))
        await socket.prepare(request)
        self._socket = socket
        async for frame in socket:
            if frame.type is WSMsgType.TEXT:
                for answer in self._answers(json.loads(frame.data)):
                    await socket.send_json(answer)
        return socket

    def _answers(self, told: dict[str, object]) -> Iterator[dict[str, object]]:
        kind = told.get("messageType")
        if kind == "hello":
            yield {"messageType": kind, "uaid": self._uaid, "status": 200, "use_webpush": True, "broadcasts": {}}
            yield from self._waiting
        elif kind == "register":
            channel = told["channelID"]
            endpoint = f"http://{self.host}/wpush/{channel}"
            yield {"messageType": kind, "channelID": channel, "status": 200, "pushEndpoint": endpoint}
        elif kind == "unregister":
            yield {"messageType": kind, "channelID": told["channelID"], "status": 200}
        elif kind == "ack":
            self._waiting.clear()
        elif not told:
            yield {}

    async def _message(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        body = await request.read()
        message: dict[str, object] = {
            "messageType": "notification",
            "channelID": channel,
            "version": uuid.uuid4().hex,
            "data": base64.urlsafe_b64encode(body).rstrip(b"=").decode(),
            "headers": {"encoding": request.headers["Content-Encoding"]},
        }
        self.sent.append(channel)
        self._waiting.append(message)
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(message)
        return web.Response(status=201)


@contextmanager
def autopush() -> Iterator[Autopush]:
    running = Autopush()
    try:
        yield running
    finally:
        running.close()

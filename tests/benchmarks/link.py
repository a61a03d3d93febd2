"""A slow link on loopback: a TCP proxy that shapes, and counts what passes.

The browser knows the proxy's port alone, so that its page and its worker both pass here (the emulation of
Chromium's developer tools does not reach the worker). In each direction one bucket is shared by every
connection: packets of 1,460 bytes leave in turn, connection after connection, at the given rate, and arrive a
one-way delay later. A new connection's first bytes wait for the round trip its set-up would have cost.
Not modelled: TLS, TCP's slow start, headers of TCP and IP, losses. Bytes counted are those of HTTP, heads included.
"""

from __future__ import annotations

import asyncio
import re
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Self

PACKET = 1460
REQUEST = re.compile(rb"(?:^|\r\n\r\n)[A-Z]+ (\S+) HTTP/1\.1\r\n")
Deliver = Callable[[bytes], None]


class Lane:
    """One direction: who sends next, and when the wire is free again."""

    def __init__(self, bits_per_second: float | None, delay: float) -> None:
        self.seconds_per_byte = 8 / bits_per_second if bits_per_second else 0.0
        self.delay = delay
        self.bytes = 0
        self._ready: deque[deque[tuple[bytes, Deliver]]] = deque()
        self._wake = asyncio.Event()

    def send(self, flow: deque[tuple[bytes, Deliver]], data: bytes, deliver: Deliver) -> None:
        """Queue `data` on a connection's `flow`; empty data is the end of the stream."""
        if not flow:
            self._ready.append(flow)
        flow.extend((data[at : at + PACKET], deliver) for at in range(0, len(data) or 1, PACKET))
        self._wake.set()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        free = 0.0
        while True:
            if not self._ready:
                self._wake.clear()
                await self._wake.wait()
                free = max(free, loop.time())
            flow = self._ready.popleft()
            packet, deliver = flow.popleft()
            if flow:
                self._ready.append(flow)
            free += len(packet) * self.seconds_per_byte
            await asyncio.sleep(free - loop.time())
            self.bytes += len(packet)
            loop.call_at(free + self.delay, deliver, packet)


class Link:
    """`with Link(port) as link:` — then use `link.url`. Without a rate it only counts."""

    def __init__(self, port: int, bits_per_second: float | None = None, round_trip: float = 0.0) -> None:
        self.target, self.rate, self.delay = port, bits_per_second, round_trip / 2
        self.requests: list[str] = []
        self.last_byte = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        asyncio.run_coroutine_threadsafe(self._open(), self._loop).result()
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _open(self) -> None:
        self.up, self.down = Lane(self.rate, self.delay), Lane(self.rate, self.delay)
        self._running = [asyncio.create_task(lane.run()) for lane in (self.up, self.down)]
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    async def _close(self) -> None:
        self._server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted = time.monotonic()
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.target)
        await asyncio.gather(
            self._pump(reader, far_writer, self.up, accepted + 2 * self.delay),
            self._pump(far_reader, writer, self.down, accepted),
            return_exceptions=True,
        )

    async def _pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, lane: Lane, not_before: float
    ) -> None:
        def deliver(packet: bytes) -> None:
            self.last_byte = time.monotonic()
            if packet and not sink.is_closing():
                sink.write(packet)
            elif not packet:
                sink.close()

        flow: deque[tuple[bytes, Deliver]] = deque()
        data = b"x"
        while data:
            try:
                data = await source.read(65536)
            except (ConnectionError, asyncio.CancelledError):
                data = b""
            await asyncio.sleep(not_before - time.monotonic())
            if lane is self.up:
                self.requests += [path.decode() for path in REQUEST.findall(data)]
            lane.send(flow, data, deliver)

    def quiet(self, seconds: float) -> None:
        """Wait until nothing has passed for so long."""
        while time.monotonic() - self.last_byte < seconds:
            time.sleep(0.05)

    def reset(self) -> None:
        self.requests.clear()
        self.up.bytes = self.down.bytes = 0

"""A relay in front of the server: it can hold back what is being downloaded, like a very slow link."""

from __future__ import annotations

import re
import socket
import threading
from contextlib import suppress
from typing import Self

_CONTENT = re.compile(rb"^GET /(?:bundle|b)/", re.MULTILINE)
_FIRST_BYTES = 16_384  # let through before holding: a download that has begun, and is not over


class Relay:
    """`held` set: answers that carry content stop after their first bytes, until it is cleared."""

    def __init__(self, port: int) -> None:
        self._upstream = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._free = threading.Event()
        self._free.set()
        self.holding = threading.Event()  # an answer is being held right now
        self.connections = 0

    def hold(self) -> None:
        self.holding.clear()
        self._free.clear()

    def release(self) -> None:
        self._free.set()

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.release()
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):  # closed: the test is over
            while True:
                client, _ = self._listener.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(("127.0.0.1", self._upstream))
        except OSError:
            client.close()
            return
        content = threading.Event()
        threading.Thread(target=self._upward, args=(client, server, content), daemon=True).start()
        passed = 0
        with client, server, suppress(OSError):
            while data := server.recv(8192):
                if content.is_set() and not self._free.is_set() and (passed := passed + len(data)) > _FIRST_BYTES:
                    self.holding.set()
                    self._free.wait(60)
                client.sendall(data)

    @staticmethod
    def _upward(client: socket.socket, server: socket.socket, content: threading.Event) -> None:
        with suppress(OSError):
            while data := client.recv(8192):
                if _CONTENT.search(data):
                    content.set()
                server.sendall(data)
            server.shutdown(socket.SHUT_WR)

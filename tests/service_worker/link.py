"""The link between a phone and the server, and what can go wrong on it.

A small proxy in threads of its own: it counts, and it can cut, alter, replace, delay or redirect
the answers of chosen addresses. Everything it is not told to bend comes from the real server.
"""

from __future__ import annotations

import contextlib
import fnmatch
import http.client
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from backend.offline.answers import IMMUTABLE, REVALIDATE
from backend.offline.shelf import BINARY, JSON
from tests.builders import Server

# What belongs to one connection is not passed on.
HOP_HEADERS = {"connection", "content-length", "date", "keep-alive", "server", "transfer-encoding"}
PACE_BYTES = 1024


@dataclass(frozen=True)
class Answer:
    """One answer, and how much of it arrives: `cut` bytes of the body, then the line breaks."""

    body: bytes = b""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    bytes_per_second: float | None = None


Fault = Callable[[Answer], Answer]


def cut(at: int) -> Fault:
    """Announces the whole, sends the first bytes, hangs up."""
    return lambda answer: replace(answer, cut=at)


def shortened(at: int) -> Fault:
    """Announces and sends the first bytes only: nothing on the way looks broken."""
    return lambda answer: replace(answer, body=answer.body[:at])


def body(new: bytes | Callable[[bytes], bytes], **headers: str) -> Fault:
    """Other bytes under the same headers, the tag included."""
    return lambda answer: replace(
        answer, body=new if isinstance(new, bytes) else new(answer.body), headers={**answer.headers, **headers}
    )


def flipped(position: int) -> Fault:
    """One byte is not what it was."""
    return body(lambda old: old[:position] + bytes([old[position] ^ 0x55]) + old[position + 1 :])


def paced(bytes_per_second: float) -> Fault:
    return lambda answer: replace(answer, bytes_per_second=bytes_per_second)


def instead(status: int, text: bytes = b"", **headers: str) -> Fault:
    """Another answer altogether, as a captive portal gives."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: Answer(text, status, {"content-type": "text/html; charset=utf-8", **names})


class Link:
    """`with Link(server) as link:` then use `link.url` in place of the server's."""

    def __init__(self, upstream: Server) -> None:
        self.upstream = upstream
        self.ahead_seconds = 0.0  # how far the server's clock is ahead of the phone's
        self.plain = True  # ask the server for uncompressed bytes, so that a position means something
        self.seen: list[tuple[str, int]] = []
        self._served: dict[str, bytes] = {}
        self._faults: dict[str, Fault] = {}
        self._httpd = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._httpd.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._httpd.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._httpd.shutdown()
        self._httpd.server_close()

    def bend(self, pattern: str, fault: Fault) -> None:
        """From now on, what answers these addresses passes through `fault`."""
        self._faults = {**self._faults, pattern: fault}

    def straighten(self) -> None:
        self._faults = {}

    @contextlib.contextmanager
    def bent(self, faults: dict[str, Fault]) -> Iterator[None]:
        for pattern, fault in faults.items():
            self.bend(pattern, fault)
        try:
            yield
        finally:
            self.straighten()

    def serve(self, answers: dict[str, bytes]) -> None:
        """Bytes at these addresses in place of the server's: an edition signed by the test."""
        self._served = answers

    def paths(self, start: int = 0) -> list[str]:
        return [path for path, _ in self.seen[start:]]

    def answer(self, path: str, headers: dict[str, str]) -> Answer:
        faults = [fault for pattern, fault in self._faults.items() if fnmatch.fnmatchcase(path, pattern)]
        asked = {name.lower(): value for name, value in headers.items()}
        if faults:
            asked.pop("if-none-match", None)  # there must be something to bend
        found = self._own(path, asked) if path in self._served else self._fetch(path, asked)
        for fault in faults:
            found = fault(found)
        self.seen.append((path, found.status))
        return found

    def _own(self, path: str, asked: dict[str, str]) -> Answer:
        """With the headers of the real server: what browsers keep by themselves is part of the trial."""
        content = self._served[path]
        tag = f'W/"{sha256(content).hexdigest()[:16]}"'
        headers = {
            "content-type": JSON if path == "/edition.json" else BINARY,
            "cache-control": REVALIDATE if path == "/edition.json" else IMMUTABLE,
            "etag": tag,
        }
        if asked.get("if-none-match") == tag:
            return Answer(b"", 304, headers)
        return Answer(content, 200, headers)

    def _fetch(self, path: str, headers: dict[str, str]) -> Answer:
        hidden = HOP_HEADERS | {"host"} | ({"accept-encoding"} if self.plain else set())
        wanted = {name: value for name, value in headers.items() if name not in hidden}
        connection = http.client.HTTPConnection("127.0.0.1", self.upstream.port, timeout=30)
        try:
            connection.request("GET", path, headers=wanted)
            response = connection.getresponse()
            kept = {k.lower(): v for k, v in response.getheaders() if k.lower() not in HOP_HEADERS}
            return Answer(response.read(), response.status, kept)
        except OSError:
            return Answer(b"no server behind\n", 502, {"content-type": "text/plain"})
        finally:
            connection.close()


def _handler(link: Link) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"  # browsers take no tag from an older one

        def do_GET(self) -> None:
            answer = link.answer(self.path, dict(self.headers.items()))
            with contextlib.suppress(OSError):  # a page that is closed meanwhile is no fault of ours
                self._send(answer)

        def do_HEAD(self) -> None:
            answer = link.answer(self.path, dict(self.headers.items()))
            with contextlib.suppress(OSError):
                self._send(replace(answer, cut=0))

        def _send(self, answer: Answer) -> None:
            self.send_response_only(answer.status)
            self.send_header("date", formatdate(time.time() + link.ahead_seconds, usegmt=True))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if answer.status != 304:
                self.send_header("content-length", str(len(answer.body)))
            self.send_header("connection", "close")
            self.end_headers()
            sent = answer.body[: answer.cut]
            if answer.bytes_per_second is None:
                self.wfile.write(sent)
                return
            for start in range(0, len(sent), PACE_BYTES):
                self.wfile.write(sent[start : start + PACE_BYTES])
                self.wfile.flush()
                time.sleep(PACE_BYTES / answer.bytes_per_second)

        def log_message(self, *_: Any) -> None:
            """Nothing: tests read `seen`."""

    return Handler

"""A push service on loopback, over TLS, that speaks the real protocol (RFC 8030) and answers as a test asks.

Its browsers hold their own keys: what they receive is decrypted as a phone would (RFC 8291).
"""

from __future__ import annotations

import json
import os
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import http_ece
import trustme
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.base64url import base64url


@dataclass
class Browser:
    """One subscription, as a phone keeps it."""

    endpoint: str
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def p256dh(self) -> bytes:
        return self.private.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )

    @property
    def keys(self) -> dict[str, str]:
        return {"p256dh": base64url(self.p256dh), "auth": base64url(self.auth)}

    def read(self, body: bytes) -> dict[str, Any]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.auth, version="aes128gcm")
        found: dict[str, Any] = json.loads(plain)
        return found


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


# What to answer to a path: a status and headers, or nothing where it has dealt with the connection itself.
Reply = Callable[[str, BaseHTTPRequestHandler], tuple[int, dict[str, str]] | None]


class PushService:
    """`received` grows as messages arrive; `reply` may be changed at any time."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        authority = trustme.CA()
        self.authority = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.authority)
        self.received: list[Received] = []
        self.browsers: dict[str, Browser] = {}
        self.reply: Reply = lambda _path, _handler: (201, {})
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert("localhost", "127.0.0.1").configure_cert(context)
        self._server = _Server(("127.0.0.1", port), _handler(self))
        self._server.context = context
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def host(self) -> str:
        """For APPUI_PUSH_HOSTS_EXTRA."""
        return f"127.0.0.1:{self.port}"

    @property
    def origin(self) -> str:
        return f"https://{self.host}"

    @property
    def environment(self) -> dict[str, str]:
        return {"APPUI_PUSH_HOSTS_EXTRA": self.host, "SSL_CERT_FILE": str(self.authority)}

    def browser(self, name: str) -> Browser:
        made = Browser(f"{self.origin}/p/{name}")
        self.browsers[f"/p/{name}"] = made
        return made

    def messages(self, name: str) -> list[dict[str, Any]]:
        """What that browser received, decrypted."""
        browser = self.browsers[f"/p/{name}"]
        return [browser.read(found.body) for found in list(self.received) if found.path == f"/p/{name}"]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    context: ssl.SSLContext

    def get_request(self) -> tuple[Any, Any]:
        connection, address = super().get_request()
        return self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that breaks is what some tests ask for."""


def _handler(service: PushService) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.received.append(Received(self.path, headers, body))
            answer = service.reply(self.path, self)
            if answer is None:
                return
            self.send_response(answer[0])
            for name, value in {"Content-Length": "0", **answer[1]}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


@contextmanager
def push_service(folder: Path) -> Iterator[PushService]:
    running = PushService(folder)
    try:
        yield running
    finally:
        running.close()

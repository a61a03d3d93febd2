"""A push service that takes everything, in a process of its own: granian, HTTP/2 over TLS on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import create_connection

import trustme

from tests.builders import free_port


async def app(scope, receive, send) -> None:  # type: ignore[no-untyped-def]
    """201 to every message, once it has been read."""
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 201, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


@contextmanager
def push_sink(place: Path) -> Iterator[tuple[int, Path]]:
    """Its port, and the file of the authority that vouches for it."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    for name, blob in (("authority", authority.cert_pem), ("key", certificate.private_key_pem)):
        blob.write_to_path(place / f"{name}.pem")
    for blob in certificate.cert_chain_pems:
        blob.write_to_path(place / "chain.pem", append=True)
    key = place / "key8.pem"
    key.write_bytes(_pkcs8((place / "key.pem").read_bytes()))
    port = free_port()
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--ssl-certificate", str(place / "chain.pem"), "--ssl-keyfile", str(key), "--backlog", "1024",
        "--no-access-log", "--log-level", "error", "tests.benchmarks.push_sink:app",
    ]  # fmt: skip
    process = subprocess.Popen(command, start_new_session=True)
    try:
        _wait(port)
        yield port, place / "authority.pem"
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # its workers with it
        process.wait()


def _pkcs8(pem: bytes) -> bytes:
    from cryptography.hazmat.primitives import serialization

    key = serialization.load_pem_private_key(pem, password=None)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _wait(port: int) -> None:
    for _ in range(200):
        try:
            create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("the sink did not start")

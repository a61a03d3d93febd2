"""What benchmarks run against: our server with the real pack, others in their own process, a phone that is new."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, Playwright

from tests.builders import Server, free_port, http_get, running_server
from tests.chromium import CHROMIUM, CHROMIUM_ARGUMENTS, PHONE


@contextmanager
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        yield Path(name)


@contextmanager
def our_server() -> Iterator[Server]:
    with folder() as place, running_server(place / "var", delivers=True) as server:
        yield server


def edition_files(server: Server) -> dict[str, str]:
    """Addresses of the edition now served, with their hashes."""
    signed = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    return {url: file["sha256"] for url, file in signed["files"].items()}


@contextmanager
def uvicorn(factory: str, **environment: str) -> Iterator[tuple[int, int]]:
    """Another ASGI application with the options that `appui serve` gives uvicorn: (port, process id)."""
    port = free_port()
    options = (
        "--factory --no-access-log --no-server-header --log-level warning --no-proxy-headers --timeout-keep-alive 15"
    )
    command = [sys.executable, "-m", "uvicorn", factory, *options.split(), "--port", str(port)]
    with own_process(command, f"http://127.0.0.1:{port}/", environment) as pid:
        yield port, pid


@contextmanager
def own_process(command: list[str], url: str, environment: dict[str, str] | None = None) -> Iterator[int]:
    """A process that ends with the block; entered once `url` answers 200."""
    process = subprocess.Popen(command, env={**os.environ, **(environment or {})})
    try:
        wait_for_200(url, process)
        yield process.pid
    finally:
        process.terminate()
        process.wait(10)


def wait_for_200(url: str, process: subprocess.Popen[bytes], pause: float = 0.01) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if http_get(url)[0] == 200:
                return
        except OSError:
            time.sleep(pause)
    raise RuntimeError(f"{process.args!r} did not answer on {url}")


@contextmanager
def new_phone(playwright: Playwright) -> Iterator[BrowserContext]:
    """Chromium with a profile on disk that has never been anywhere: an incognito one stores in memory."""
    with folder() as profile:
        context = playwright.chromium.launch_persistent_context(
            profile,
            executable_path=CHROMIUM,
            args=CHROMIUM_ARGUMENTS,
            viewport=PHONE,  # type: ignore[arg-type]
        )
        try:
            yield context
        finally:
            context.close()

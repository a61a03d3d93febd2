"""The delivery worker inside `appui serve`: a process of its own, or pages would be a third slower meanwhile."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 30.0
END_SECONDS = 10
# glibc: larger blocks go back to the system when they are freed, two megabytes less on a small server.
LEAN = {"MALLOC_MMAP_THRESHOLD_": "65536"}


@contextmanager
def delivery_child() -> Iterator[None]:
    """Keep one running meanwhile: begun again when it dies, later and later while it dies at once."""
    stop = threading.Event()
    keeper = threading.Thread(target=_keep, args=(stop,), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        stop.set()
        keeper.join(END_SECONDS + 1)


def _keep(stop: threading.Event) -> None:
    wait = FIRST_WAIT_SECONDS
    stop.wait(wait)  # the first page comes first
    while not stop.is_set():
        command = [sys.executable, "-m", "backend.cli", "deliver", "--parent", str(os.getpid())]
        child = subprocess.Popen(command, env={**LEAN, **os.environ})  # noqa: S603 - our own command
        lived = 0
        while child.poll() is None and not stop.wait(1.0):
            lived += 1
        if child.poll() is None:
            _end(child)
            return
        wait = FIRST_WAIT_SECONDS if lived > LONGEST_WAIT_SECONDS else min(LONGEST_WAIT_SECONDS, wait * 2)
        stop.wait(wait)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()

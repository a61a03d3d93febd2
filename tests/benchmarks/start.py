"""Start to first 200 and memory, on a data directory that exists.

Start: from launching `appui serve` to the first 200 of the home page, asked every 5 ms; median of several starts, with
uvicorn with a bare ASGI application beside it, in turn; CPU seconds of the process too, which a
busy machine changes less. Memory: resident size of the process once every
page of the edition was read once, then once more after /healthz, which imports Litestar.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import psutil  # type: ignore[import-untyped]

from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.sites import edition_files, our_server, wait_for_200
from tests.builders import Server

ROUNDS = 7
START_LIMIT, MEMORY_LIMIT = 1.0, 80.0
DELIVERY_SECONDS = 8  # it starts after the pages, and takes its time
BARE = [sys.executable, "-m", "uvicorn", "tests.benchmarks.bare:create", "--factory", "--log-level", "warning"]


def start(command: list[str], server: Server) -> tuple[float, float]:
    """Seconds to the first 200, and CPU seconds of the process until then."""
    began = time.monotonic()
    process = subprocess.Popen(
        [*command, "--port", str(server.port)],
        env=server.environment,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        wait_for_200(f"{server.url}/", process, pause=0.005)
        seconds, times = time.monotonic() - began, psutil.Process(process.pid).cpu_times()
        return seconds, times.user + times.system
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def resident(pid: int) -> float:
    """Megabytes of the process that serves pages."""
    return float(psutil.Process(pid).memory_info().rss) / 1e6


def beside(pid: int) -> float:
    """Megabytes of what it started: the delivery worker."""
    return float(sum(each.memory_info().rss for each in psutil.Process(pid).children(recursive=True))) / 1e6


def measure() -> Measured:
    with our_server() as server:
        server.stop()
        ours = [sys.executable, "-m", "backend.cli", "serve"]
        rounds = [(*start(ours, server), *start(BARE, server)) for _ in range(ROUNDS)]
        process = subprocess.Popen(
            [*ours, "--port", str(server.port)], env=server.environment, stderr=subprocess.DEVNULL
        )
        try:
            wait_for_200(f"{server.url}/", process)
            for url in edition_files(server):
                server.get(url)
            pages = resident(process.pid)
            server.get("/healthz")
            all_ = resident(process.pid)
            time.sleep(DELIVERY_SECONDS)
            delivery = beside(process.pid)
        finally:
            process.kill()
            process.wait()
    names = ("start", "start_cpu", "bare", "bare_cpu")
    taken = {name: middle(values) for name, values in zip(names, zip(*rounds, strict=True), strict=True)}
    return {**taken, "pages": pages, "all": all_, "delivery": delivery}


def rows(values: Measured) -> list[Row]:
    seconds, bare, memory = values["start"], values["bare"], values["all"]
    return [
        Row(
            "start to first 200",
            f"{seconds:.2f} s",
            f"bare ASGI {bare:.2f} s",
            f"{seconds / bare:.2f}",
            f"≤ {START_LIMIT:.0f} s",
            seconds <= START_LIMIT,
        ),
        Row(
            "  CPU spent until then",
            f"{values['start_cpu']:.2f} s",
            f"bare ASGI {values['bare_cpu']:.2f} s",
            f"{values['start_cpu'] / values['bare_cpu']:.2f}",
        ),
        Row("memory, delivery worker at rest", f"{values['delivery']:.0f} MB"),
        Row("memory, pages read", f"{values['pages']:.0f} MB"),
        Row(
            "memory, /healthz too",
            f"{memory:.0f} MB",
            target=f"≤ {MEMORY_LIMIT:.0f} MB",
            reached=memory <= MEMORY_LIMIT,
        ),
    ]

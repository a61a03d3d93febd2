"""CPU of a public answer: the home page in Brotli over kept connections, per request, user and system time.

Ours, a bare ASGI application under the same uvicorn with the same bytes and header fields, and nginx with the same
bytes from a file and the same fields. Load comes from another process, in turn, several rounds; each figure is the
median over rounds of (CPU seconds of the server process, by psutil) / (answers).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from backend.web.headers import SECURITY_HEADERS
from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.load import answers
from tests.benchmarks.sites import folder, our_server, own_process, uvicorn
from tests.builders import Server, free_port, http_get

BROTLI = {"Accept-Encoding": "br"}
ROUNDS, SECONDS = 11, 2.0
LIMIT = 1.15
CONFIGURATION = """
user root; daemon off; worker_processes 1; pid {place}/pid; error_log {place}/error;
events {{ worker_connections 64; }}
http {{
  access_log off; server_tokens off; keepalive_requests 1000000000; default_type "text/html; charset=utf-8";
  client_body_temp_path {place}; proxy_temp_path {place}; fastcgi_temp_path {place};
  uwsgi_temp_path {place}; scgi_temp_path {place};
  server {{
    listen 127.0.0.1:{port}; root {place};
    location = / {{ try_files /page =404; {fields} }}
  }}
}}
"""


@contextmanager
def nginx(server: Server) -> Iterator[tuple[int, int] | None]:
    """(port, process id), or None where there is no nginx."""
    program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        yield None
        return
    with folder() as place:
        place.chmod(0o755)
        (place / "page").write_bytes(server.get("/", **BROTLI)[2])
        sent = {**SECURITY_HEADERS, "Cache-Control": "no-cache", "Vary": "accept-encoding", "Content-Encoding": "br"}
        fields = " ".join(f"add_header {name} '{value}';" for name, value in without_quotes(sent).items())
        port = free_port()
        settings = place / "nginx.conf"
        settings.write_text(CONFIGURATION.format(place=place, port=port, fields=fields))
        with own_process(
            [program, "-e", str(Path(place) / "error"), "-c", str(settings)], f"http://127.0.0.1:{port}/"
        ) as pid:
            yield port, pid


def without_quotes(fields: dict[str, str]) -> dict[str, str]:
    """Same length, and nothing that would end nginx's quotes."""
    return {name: value.replace("'", '"') for name, value in fields.items()}


def cpu_seconds(pid: int) -> float:
    process = psutil.Process(pid)
    times = [each.cpu_times() for each in [process, *process.children(recursive=True)]]
    return float(sum(time.user + time.system for time in times))


def per_request(port: int, pid: int) -> float:
    before = cpu_seconds(pid)
    count = answers(f"http://127.0.0.1:{port}/", SECONDS)
    return 1e6 * (cpu_seconds(pid) - before) / count


def answer(port: int) -> dict[str, object]:
    """All that a client gets, but for the time of day."""
    status, fields, body = http_get(f"http://127.0.0.1:{port}/", BROTLI)
    return {**fields, "status": status, "body": body, "date": None}


def measure() -> Measured:
    with our_server() as server, ExitStack() as stack:
        bare = stack.enter_context(uvicorn("tests.benchmarks.bare:create", BENCH_COPY=f"{server.url}/"))
        if unlike := {*answer(server.port).items()} ^ {*answer(bare[0]).items()}:
            raise RuntimeError(f"the bare application answers otherwise: {unlike}")
        targets = {"ours": (server.port, server.pid), "bare": bare}
        if (static := stack.enter_context(nginx(server))) is not None:
            targets["nginx"] = static
        for target in targets.values():
            per_request(*target)  # warm
        taken: dict[str, list[float]] = {name: [] for name in targets}
        for _ in range(ROUNDS):
            for name, target in targets.items():
                taken[name].append(per_request(*target))
    ratio = middle(ours / bare for ours, bare in zip(taken["ours"], taken["bare"], strict=True))
    return {**{name: middle(values) for name, values in taken.items()}, "ratio": ratio}


def rows(values: Measured) -> list[Row]:
    ours, bare, static = values["ours"], values["bare"], values.get("nginx")
    found = [
        Row(
            "public answer, CPU per request",
            f"{ours:.0f} µs",
            f"bare ASGI {bare:.0f} µs",
            f"{values['ratio']:.2f}",
            f"≤ {LIMIT}",
            values["ratio"] <= LIMIT,
        )
    ]
    if static is None:
        return [*found, Row("the same, nginx", "", "nginx is not installed")]
    return [*found, Row("the same, nginx", f"{ours:.0f} µs", f"static file {static:.0f} µs", f"{ours / static:.2f}")]

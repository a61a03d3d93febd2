"""Makers of what tests need, in two words: a folder, a server, some content."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_SECONDS = 60.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The real server in its own process: a test may stop it, and start it again on the same port."""

    def __init__(
        self,
        data_dir: Path,
        arguments: tuple[str, ...] = (),
        cwd: Path | None = None,
        *,
        delivers: bool = False,  # its worker takes as long to start as the server, and most tests send no notice
        **settings: str,
    ) -> None:
        self.data_dir = data_dir
        self.arguments = arguments if delivers else ("--no-delivery", *arguments)
        self.cwd = cwd
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("APPUI_")},
            "APPUI_DATA_DIR": str(data_dir),
            "APPUI_PUBLIC_URL": self.url,
            **settings,
        }
        self._process: subprocess.Popen[bytes] | None = None
        self.log = data_dir.parent / f"{data_dir.name}.log"

    def start(self) -> Server:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "backend.cli", "serve", "--port", str(self.port), *self.arguments],
                cwd=self.cwd,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                urllib.request.urlopen(f"{self.url}/healthz", timeout=2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return self
        raise RuntimeError(f"the server did not start:\n{self.log.read_text()[-2000:]}")

    def stop(self) -> None:
        """End the process itself: kept-alive connections must not go on answering."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process = None

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def command(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `appui …` on the same data."""
        return subprocess.run(
            [sys.executable, "-m", "backend.cli", *arguments],
            cwd=self.cwd,
            env=self.environment,
            capture_output=True,
            text=True,
            check=check,
        )

    @property
    def edition(self) -> int:
        """Number of the edition that it serves."""
        return int(json.loads(json.loads(self.get("/edition.json")[2])["signed"])["edition"])

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, lower-case headers and body; no redirect is followed."""
        return http_get(self.url + path, headers)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def http_get(url: str, headers: dict[str, str] | None = None, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    return http_answer(urllib.request.Request(url, headers=headers or {}, method=method))


def http_answer(request: urllib.request.Request) -> tuple[int, dict[str, str], bytes]:
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=20) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


@contextmanager
def running_server(
    data_dir: Path, arguments: tuple[str, ...] = (), cwd: Path | None = None, *, delivers: bool = False, **settings: str
) -> Iterator[Server]:
    server = Server(data_dir, arguments, cwd, delivers=delivers, **settings)
    try:
        yield server.start()
    finally:
        server.stop()


def change_guide(server: Server, folder: Path, slug: str, old: str, new: str) -> None:
    """Change one guide through the door an operator uses: export the pack, edit, import."""
    import zipfile

    source, target = folder / "before.zip", folder / "after.zip"
    server.command("pack", "export", str(source))
    with zipfile.ZipFile(source) as before, zipfile.ZipFile(target, "w") as after:
        for name in before.namelist():
            text = before.read(name).decode()
            if name == f"guides/{slug}.md":
                assert re.search(re.escape(old), text), f"{old!r} is not in {slug}"
                text = text.replace(old, new)
            after.writestr(name, text)
    source.unlink()
    server.command("pack", "import", str(target))

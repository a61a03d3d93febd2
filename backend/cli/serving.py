"""`appui serve`."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import nullcontext

import click

from backend import clock
from backend.cli.common import Refused, read_settings, say
from backend.cli.delivery_child import delivery_child
from backend.offline.start import prepare
from backend.staff.first import first_link
from backend.storage.engine import open_engine


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
@click.option("--no-delivery", is_flag=True, help="Send no notice from here: `appui deliver` does.")
def serve(host: str, port: int, workers: int, no_delivery: bool) -> None:
    """Serve the pages (the first start creates keys, imports the pack and publishes edition 1)."""
    import uvicorn

    if port:  # where nothing else is said, readers find us at the port that we listen on
        os.environ.setdefault("APPUI_PUBLIC_URL", f"http://127.0.0.1:{port}")
    settings = read_settings()
    _refuse_taken_port(host, port)
    engine = open_engine(settings)
    first = prepare(settings, engine, clock.now(), say)
    link = None if first else first_link(engine, settings, clock.now())
    engine.dispose()
    if first:
        # Publishing took memory that a server would keep for years: begin again without it.
        os.execv(sys.executable, [sys.executable, "-m", "backend.cli", *sys.argv[1:]])  # noqa: S606
    click.echo(f"Appui: http://{host}:{port}", err=True)
    if link:
        click.echo(
            f"Nobody is in the staff yet. Open this once, within 72 hours, to be its first administrator: {link}"
        )
    with nullcontext() if no_delivery else delivery_child():
        uvicorn.run(
            "backend.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            # Nobody's visit is written down; `Server` tells attackers what we run.
            access_log=False,
            server_header=False,
            log_level="error",
            ws="none",
            proxy_headers=False,  # `web/client.py` alone says who is asking
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
        )


def _refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise Refused(f"cannot listen on {host}:{port} ({error.strerror})") from error


COMMANDS = (serve,)

"""Sending notices, and watching them leave."""

from __future__ import annotations

import signal
import sys
import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from backend import clock
from backend.cli.common import Refused, echo_json, opened, read_settings
from backend.offline.start import prepare
from backend.storage.engine import open_engine, writing

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from backend.notices.progress import Progress

WATCH_SECONDS = 1.0
BAR = 30
CLEAR = "\x1b[K"  # to the end of the line: the one before may have been longer


@click.command()
@click.option("--parent", type=int, hidden=True, help="End when that process does.")
def deliver(parent: int | None) -> None:
    """Send notices until stopped. Several may run, on several machines, where the database is PostgreSQL."""
    from backend.notices import worker
    from backend.offline.desk.reminding import remind_staff

    settings = read_settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    slot = worker.take_slot(settings)
    engine = open_engine(settings)
    prepare(settings, engine, clock.now(), lambda line: click.echo(line, err=True))
    stop: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda received, _frame: stop.append(received))
    lives = worker.parent_lives(parent)
    remind = partial(remind_staff, settings.public_url)
    worker.deliver(settings, engine, slot, lambda: not stop and lives(), remind)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.option("--watch", is_flag=True, help="Show a bar until all have left.")
def notices(as_json: bool, watch: bool) -> None:
    """List the notices, newest first: to how many, how many received, gone, to be tried again, refused."""
    from backend.notices.progress import progress

    _, engine, _ = opened()
    if watch:
        _watch(engine)
    with engine.connect() as connection:
        lines = progress(connection)
    if as_json:
        echo_json([_values(line) for line in lines])
        return
    for line in lines:
        click.echo(
            f"{_utc(line.created)}  {line.contact:<24} {line.state:<8} {line.total} followers: {line.delivered} "
            f"delivered, {line.gone} gone, {line.later} later, {line.refused} refused  {line.id}"
        )


def _values(line: Progress) -> dict[str, Any]:
    return {**vars(line), "created": _utc(line.created)}


def _utc(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")


def _watch(engine: Engine) -> None:
    """Show how far the notices under way are until all have left, and what keeps them waiting whenever that changes."""
    from backend.notices.progress import hindered, progress

    seen: set[str] = set()
    told: list[str] = []
    while True:
        with engine.connect() as connection:
            lines = progress(connection)
            waiting = [line.id for line in lines if not line.is_over]
            seen.update(waiting)
            found = hindered(connection, waiting, int(clock.now().timestamp()))
        if not seen:
            return
        hindrances = [_hindrance(*service) for service in found]
        _draw(
            [line for line in lines if line.id in seen], [line for line in hindrances if line not in told], not waiting
        )
        if not waiting:
            return
        told = hindrances
        time.sleep(WATCH_SECONDS)


def _hindrance(origin: str, is_stopped: bool) -> str:
    state = "was stopped" if is_stopped else "rests for a while"
    return f"{origin} {state}, its followers wait: `appui push-services list`"


def _draw(lines: list[Progress], hindrances: list[str], over: bool) -> None:
    """One bar for all that was under way, on stderr: stdout is for programs. On a terminal it stays in its line."""
    total, done = sum(line.total for line in lines), sum(line.left_for_good for line in lines)
    later = sum(line.later for line in lines if not line.is_over)
    given_up = sum(line.later for line in lines if line.is_over)
    filled = BAR * done // total if total else BAR
    text = f"[{'#' * filled}{'.' * (BAR - filled)}] {done} / {total}"
    text += f", {later} to be tried again" if later else ""
    text += f", {given_up} given up" if given_up else ""
    begins, ends = ("\r", CLEAR) if sys.stderr.isatty() else ("", "")
    for line in hindrances:
        click.echo(f"{begins}{line}{ends}", err=True)
    click.echo(f"{begins}{text}{ends}", err=True, nl=over or not sys.stderr.isatty())


@click.group("push-services")
def push_services() -> None:
    """Push services: how many subscriptions each, which rest, which were stopped and why."""


@push_services.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def list_services(as_json: bool) -> None:
    """List them."""
    from backend.notices.progress import services

    _, engine, _ = opened()
    with engine.connect() as connection:
        lines = services(connection)
    if as_json:
        echo_json([vars(line) for line in lines])
        return
    moment = clock.now().timestamp()
    for line in lines:
        well = line.reason or "well"
        state = f"stopped: {line.reason}" if line.stopped else "rests" if line.rest_until > moment else well
        click.echo(f"{line.origin}  {line.subscriptions} subscriptions  {state}")


@push_services.command("resume")
@click.argument("origin")
def resume(origin: str) -> None:
    """Send to ORIGIN again, once what it refused is mended; what waited leaves."""
    from backend.notices.services_known import resume_service

    _, engine, _ = opened()
    with writing(engine).begin() as connection:
        if not resume_service(connection, origin):
            raise Refused(f"{origin[:100]!a} was not stopped: `appui push-services list`")
    click.echo(f"sending to {origin} again")


COMMANDS = (deliver, notices, push_services)

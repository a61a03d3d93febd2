"""Publishing, going back, and carrying an edition elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from backend import clock
from backend.cli.common import LARGEST_NUMBER, echo_json, opened, read_settings, write_down
from backend.cli.drafts import say_waiting
from backend.offline.editions import list_editions
from backend.records import FORBIDDEN, RefusedError
from backend.storage.engine import writing

if TYPE_CHECKING:
    from backend.offline.publish import Published


@click.command()
@click.option("-m", "message", default="", help="What changed, for the list of editions.")
@click.option("--no-notice", is_flag=True, help="Tell nobody, even where hours changed.")
def publish(message: str, no_notice: bool) -> None:
    """Publish the drafts as a new edition; print its number, and the notices it made.

    A number, an address, a name or a removal that staff typed and nobody approved stays a draft: `appui drafts`.
    """
    from backend.offline import publish as publishing

    message = _checked(message)
    settings, engine, key = opened()
    tell = None if no_notice else settings.public_url
    published = publishing.publish(engine, key, settings.exit_url, clock.now(), message, tell=tell)
    _say_published(published)
    say_waiting(engine)


def _checked(message: str) -> str:
    """On one line, as lists show it; nothing that moves the cursor of a terminal."""
    from backend.offline.publish import LONGEST_MESSAGE

    words = " ".join(message.split())
    if FORBIDDEN.search(words):
        raise RefusedError("-m holds a character that is no text")
    if len(words) > LONGEST_MESSAGE:
        raise RefusedError(f"-m has {len(words)} characters, {LONGEST_MESSAGE} at most")
    return words


@click.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def editions(as_json: bool) -> None:
    """List the editions, newest first."""
    _, engine, _ = opened()
    with engine.connect() as connection:
        lines = list_editions(connection)
    if as_json:
        echo_json([vars(line) for line in lines])
        return
    for line in lines:
        click.echo(f"{line.number:>5}  {line.issued}  {line.files:>4} files  {line.message}")


@click.command()
@click.argument("number", type=click.IntRange(1, LARGEST_NUMBER))
def rollback(number: int) -> None:
    """Publish the content of edition NUMBER as a new edition."""
    from backend.offline import publish as publishing

    settings, engine, key = opened()
    _say_published(publishing.rollback(engine, key, settings.exit_url, clock.now(), number, tell=settings.public_url))


def _say_published(published: Published) -> None:
    click.echo(published.number)
    for notice in published.notices:
        click.echo(f"notice: {notice.contact}, {notice.total} followers, leaves {notice.leaves:%Y-%m-%d %H:%M} UTC")


@click.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def export(directory: Path) -> None:
    """Write the current edition to DIRECTORY as plain files that any static host can serve."""
    from backend.offline.export import export_edition

    settings, engine, key = opened()
    count = export_edition(engine, [key.jwk], directory, settings.public_url, clock.paris_day(clock.now()))
    with writing(engine).begin() as connection:
        write_down(connection, "export", directory.name, files=count)
    click.echo(f"{count} files written to {directory}")


@click.command()
@click.argument("place", required=False)
@click.option("--key", help="Expected key id, as written down: the canary of the operator's guide.")
@click.option("--worker-digest", help="Expected SHA-256 of /sw.js, likewise.")
def verify(place: str | None, key: str | None, worker_digest: str | None) -> None:
    """Check signature and hashes of the stored edition, or of a mirror (a DIRECTORY or a URL)."""
    from backend.offline.verify import Expected, verify_place

    settings = read_settings()
    report = verify_place(place, settings, clock.now(), Expected(key, worker_digest))
    for fault in report.faults:
        click.echo(f"appui: {fault}", err=True)
    if report.faults:
        sys.exit(1)
    click.echo(
        f"edition {report.edition}: {report.files} files as signed by {report.key}; sw.js {report.worker_digest}"
    )


COMMANDS = (publish, editions, rollback, export, verify)

"""Backups, and what the operator should know."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from backend import clock
from backend.cli.common import LARGEST_NUMBER, Refused, opened, read_settings, write_down
from backend.offline.signing import load_key
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import migrate


@click.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent backup to FILE while the server goes on (keys are not in it: copy them apart)."""
    from backend.storage.backup import note_backup, write_backup

    if not file.name:
        raise Refused("a backup needs the name of a file")
    _, engine, _ = opened()
    began = clock.now()
    count = write_backup(engine, file)
    with writing(engine).begin() as connection:
        note_backup(connection, began)
        write_down(connection, "backup", file.name, rows=count)
    click.echo(f"{count} rows written to {file}")


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--after",
    default=0,
    type=click.IntRange(0, LARGEST_NUMBER - 1),
    help="Highest edition number that phones may hold.",
)
def restore(file: Path, after: int) -> None:
    """Put the backup FILE in the place of the database, then publish its content as a new edition.

    What the database held is first written to the data directory. The new edition's number is higher than
    any that phones may hold (--after, where the database that knew it is lost): they refuse lower ones.
    """
    from backend.offline.restore import restore_and_publish

    settings = read_settings()
    key = load_key(settings.keys_dir)  # first: phones would refuse what a new key signs
    engine = open_engine(settings)
    migrate(engine)
    kept, number = restore_and_publish(engine, settings, key, clock.now(), file, after)
    click.echo(f"what was there before: {kept}")
    click.echo(number)


@click.command()
def doctor() -> None:
    """Check settings, keys, database and freshness; exit status 1 with a list where something is wrong."""
    from backend.offline.doctor import examine

    settings = read_settings()
    findings = examine(settings, clock.now())
    for line in findings.lines:
        click.echo(line)
    for fault in findings.faults:
        click.echo(f"appui: {fault}", err=True)
    if findings.faults:
        sys.exit(1)


COMMANDS = (backup, restore, doctor)

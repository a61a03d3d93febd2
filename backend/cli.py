"""The `appui` command. Exit status 0 on success alone; errors are one clear line each on stderr."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from backend import clock
from backend.offline.assets import AssetMissingError
from backend.offline.editions import list_editions
from backend.offline.signing import KeyMissingError, SigningKey, load_key
from backend.offline.start import prepare
from backend.records import ContentError
from backend.settings import Settings, SettingsError, from_environment
from backend.storage.backup import BackupError
from backend.storage.documents import load_documents, replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import UnknownVersionError, migrate

_MENDABLE = (
    AssetMissingError,
    BackupError,
    ContentError,
    KeyMissingError,
    LookupError,
    OSError,
    SettingsError,
    UnknownVersionError,
)


class Refused(click.ClickException):
    """Something the operator can mend: one line a fault on stderr, exit status 2."""

    exit_code = 2

    def show(self, file: Any = None) -> None:  # noqa: ARG002 - click's signature
        for line in self.message.splitlines():
            click.echo(f"appui: {line}", err=True)


def _settings() -> Settings:
    try:
        return from_environment()
    except SettingsError as error:
        raise Refused(str(error)) from error


class Appui(click.Group):
    """Turns what an operator can mend into clear lines instead of a stack trace."""

    def invoke(self, context: click.Context) -> Any:
        try:
            return super().invoke(context)
        except _MENDABLE as error:
            raise Refused(str(error)) from error
        except SQLAlchemyError as error:
            raise Refused(f"the database does not answer ({type(error).__name__})") from error


@click.group(cls=Appui)
@click.version_option(package_name="appui")
def main() -> None:
    """Guides et contacts lisibles sans réseau."""
    os.umask(0o077)  # what we write is for our own account


def _opened() -> tuple[Settings, Engine, SigningKey]:
    """Settings, a prepared database and the signing key: what most commands begin with."""
    settings = _settings()
    engine = open_engine(settings)
    prepare(settings, engine, clock.now(), lambda line: click.echo(line, err=True))
    return settings, engine, load_key(settings.keys_dir)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535))
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, workers: int) -> None:
    """Serve the pages (the first start creates keys, imports the pack and publishes edition 1)."""
    import uvicorn

    settings = _settings()
    _refuse_taken_port(host, port)
    engine = open_engine(settings)
    first = prepare(settings, engine, clock.now(), lambda line: click.echo(line, err=True))
    engine.dispose()
    if first:
        # Publishing took memory that a server would keep for years: begin again without it.
        os.execv(sys.executable, [sys.executable, "-m", "backend.cli", *sys.argv[1:]])  # noqa: S606
    click.echo(f"Appui: http://{host}:{port}", err=True)
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
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=[str(network) for network in settings.trusted_proxies],
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


@main.command()
@click.option("-m", "message", default="", help="What changed, for the list of editions.")
def publish(message: str) -> None:
    """Publish the drafts as a new edition and print its number."""
    from backend.offline import publish as publishing

    settings, engine, key = _opened()
    click.echo(publishing.publish(engine, key, settings.exit_url, clock.now(), message))


@main.command()
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def editions(as_json: bool) -> None:
    """List the editions, newest first."""
    _, engine, _ = _opened()
    with engine.connect() as connection:
        lines = list_editions(connection)
    if as_json:
        click.echo(json.dumps([vars(line) for line in lines], ensure_ascii=False))
        return
    for line in lines:
        click.echo(f"{line.number:>5}  {line.issued}  {line.files:>4} files  {line.message}")


@main.command()
@click.argument("number", type=click.IntRange(1))
def rollback(number: int) -> None:
    """Publish the content of edition NUMBER as a new edition."""
    from backend.offline import publish as publishing

    settings, engine, key = _opened()
    click.echo(publishing.rollback(engine, key, settings.exit_url, clock.now(), number))


@main.command()
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
def export(directory: Path) -> None:
    """Write the current edition to DIRECTORY as plain files that any static host can serve."""
    from backend.offline.export import export_edition

    _, engine, key = _opened()
    count = export_edition(engine, [key.jwk], directory)
    click.echo(f"{count} files written to {directory}")


@main.command()
@click.argument("place", required=False)
@click.option("--key", help="Expected key id, as written down: the canary of the operator's guide.")
@click.option("--worker-digest", help="Expected SHA-256 of /sw.js, likewise.")
def verify(place: str | None, key: str | None, worker_digest: str | None) -> None:
    """Check signature and hashes of the stored edition, or of a mirror (a DIRECTORY or a URL)."""
    from backend.offline.verify import Expected, verify_place

    settings = _settings()
    report = verify_place(place, settings, clock.now(), Expected(key, worker_digest))
    for fault in report.faults:
        click.echo(f"appui: {fault}", err=True)
    if report.faults:
        sys.exit(1)
    click.echo(
        f"edition {report.edition}: {report.files} files as signed by {report.key}; sw.js {report.worker_digest}"
    )


@main.group()
def pack() -> None:
    """Content as an editable archive."""


@pack.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def pack_export(file: Path) -> None:
    """Write the drafts to FILE (zip of Markdown and YAML)."""
    from backend.offline.pack import write_pack

    _, engine, _ = _opened()
    with engine.connect() as connection:
        write_pack(load_documents(connection), file)
    click.echo(f"written: {file}")


@pack.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def pack_import(file: Path) -> None:
    """Replace the drafts by those of FILE (zip or folder). Nothing changes if anything is wrong."""
    from backend.offline.pack import read_pack

    drafts = read_pack(file)
    _, engine, _ = _opened()
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)
    click.echo(f"{len(drafts)} documents imported; `appui publish` makes them an edition")


@main.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(file: Path) -> None:
    """Write a consistent backup to FILE while the server goes on (keys are not in it: copy them apart)."""
    from backend.storage.backup import write_backup

    _, engine, _ = _opened()
    click.echo(f"{write_backup(engine, file)} rows written to {file}")


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--after", default=0, type=click.IntRange(0), help="Highest edition number that phones may hold.")
def restore(file: Path, after: int) -> None:
    """Put the backup FILE in the place of the database, then publish its content as a new edition.

    What the database held is first written to the data directory. The new edition's number is higher than
    any that phones may hold (--after, where the database that knew it is lost): they refuse lower ones.
    """
    from backend.offline.restore import restore_and_publish

    settings = _settings()
    key = load_key(settings.keys_dir)  # first: phones would refuse what a new key signs
    engine = open_engine(settings)
    migrate(engine)
    kept, number = restore_and_publish(engine, settings, key, clock.now(), file, after)
    click.echo(f"what was there before: {kept}")
    click.echo(number)


@main.command()
def doctor() -> None:
    """Check settings, keys, database and freshness; exit status 1 with a list where something is wrong."""
    from backend.offline.doctor import examine

    settings = _settings()
    findings = examine(settings, clock.now())
    for line in findings.lines:
        click.echo(line)
    for fault in findings.faults:
        click.echo(f"appui: {fault}", err=True)
    if findings.faults:
        sys.exit(1)


if __name__ == "__main__":
    main()

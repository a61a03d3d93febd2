"""Content as an editable archive."""

from __future__ import annotations

from pathlib import Path

import click

from backend.cli.common import opened, say, write_down
from backend.storage.documents import load_documents, replace_documents
from backend.storage.engine import writing


@click.group()
def pack() -> None:
    """Content as an editable archive."""


@pack.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def pack_export(file: Path) -> None:
    """Write the drafts to FILE (zip of Markdown and YAML). Those that nobody has approved are named on stderr."""
    from backend.offline.changes_waiting import changes
    from backend.offline.pack import write_pack

    _, engine, _ = opened()
    with engine.connect() as connection:
        write_pack(load_documents(connection), file)
        waiting = [" ".join(change.key) for change in changes(connection) if change.waits]
    for name in waiting:
        say(f"not approved: {name}; imported again, it would be your word")
    click.echo(f"written: {file}")


@pack.command("import")
@click.argument("file", type=click.Path(exists=True, path_type=Path))
def pack_import(file: Path) -> None:
    """Replace the drafts by those of FILE (zip or folder). Nothing changes if anything is wrong."""
    from backend.offline.pack import read_pack

    drafts = read_pack(file)
    _, engine, _ = opened()
    with writing(engine).begin() as connection:
        replace_documents(connection, drafts)
        write_down(connection, "pack import", file.name, documents=len(drafts))
    click.echo(f"{len(drafts)} documents imported; `appui publish` makes them an edition")


COMMANDS = (pack,)

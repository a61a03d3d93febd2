"""What differs from what readers have, and what waits for a second person."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
from sqlalchemy import Engine

from backend import clock
from backend.cli.common import echo_json, opened, say
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR

if TYPE_CHECKING:
    from backend.offline.changes_waiting import Change


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
@click.pass_context
def drafts(context: click.Context, as_json: bool) -> None:
    """List the drafts that differ from the current edition, those that wait for a second person first."""
    if context.invoked_subcommand:
        return
    from backend.offline.changes_waiting import changes

    _, engine, _ = opened()
    with engine.connect() as connection:
        found = sorted(changes(connection), key=lambda change: not change.waits)
    if as_json:
        echo_json([_json(change) for change in found])
        return
    for change in found:
        click.echo(f"{'waits' if change.waits else 'ready':<5} {' '.join(change.key)}")
        for line in _risk_lines(change):
            click.echo(f"      {line}")


@drafts.command("approve")
@click.argument("kind")
@click.argument("id_", metavar="ID")
@click.option("--yes", is_flag=True, help="Do not ask: the numbers were called, the addresses seen.")
def drafts_approve(kind: str, id_: str, yes: bool) -> None:
    """Be the second person of a change, where an association has only one. Nothing goes out before `appui publish`."""
    from backend.offline.approvals import approve
    from backend.offline.changes_waiting import change_of

    _, engine, _ = opened()
    with engine.connect() as connection:
        change = change_of(connection, (kind, id_))
    if change is None or not change.waits:
        click.echo(f"{kind} {id_}: nothing waits")
        return
    for line in _risk_lines(change):
        click.echo(line)
    if not yes:
        click.confirm("Called, or seen at the source?", abort=True)
    with writing(engine).begin() as connection:
        approve(connection, change.key, change.old, change.new, OPERATOR, clock.now())
    click.echo(f"{kind} {id_}: approved; `appui publish` makes it an edition")


def say_waiting(engine: Engine) -> None:
    """After a publication: what stayed behind, on stderr."""
    from backend.offline.changes_waiting import changes

    with engine.connect() as connection:
        waiting = [change for change in changes(connection) if change.waits]
    for change in waiting:
        say(f"waits for a second person: {' '.join(change.key)} ({'; '.join(_risk_lines(change))})")
    if waiting:
        say("see `appui drafts`; approve on /equipe/, or with `appui drafts approve KIND ID`")


def _risk_lines(change: Change) -> Iterator[str]:
    for risk in change.risks:
        yield f"{risk.field}: {_shown(risk.old)} -> {_shown(risk.new)}"


def _shown(text: str | None) -> str:
    # What was typed elsewhere must not move the cursor of a terminal.
    return "nothing" if text is None else ascii(text[:80])


def _json(change: Change) -> dict[str, object]:
    return {
        "kind": change.key[0],
        "id": change.key[1],
        "waits": change.waits,
        "risks": [{"field": risk.field, "old": risk.old, "new": risk.new} for risk in change.risks],
    }


COMMANDS = (drafts,)

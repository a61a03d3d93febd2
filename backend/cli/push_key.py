"""The keys by which push services know us."""

from __future__ import annotations

import click

from backend.cli.common import TAKES_ANY_ID, Refused, echo_json, opened, read_settings, write_down
from backend.notices.keys import count_by_key
from backend.notices.subscriptions import forget_made_with
from backend.notices.vapid import create_push_key, load_vapid, push_keys, remove_push_key
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import migrate


@click.group("push-key")
def push_key() -> None:
    """Show, replace or give up the keys that sign messages to push services."""


@push_key.command("list")
@click.option("--json", "as_json", is_flag=True, help="JSON on stdout.")
def list_keys(as_json: bool) -> None:
    """List the keys, the one in use last, each with the number of its subscriptions."""
    settings, engine, _ = opened()
    with engine.connect() as connection:
        counts = count_by_key(connection)
    keys = [{"id": id_, "subscriptions": counts.get(id_, 0)} for id_ in load_vapid(settings).ids]
    if as_json:
        echo_json(keys)
        return
    for key in keys:
        click.echo(f"{key['id']}  {key['subscriptions']} subscriptions")


@push_key.command()
def rotate() -> None:
    """Make a new key for those who subscribe from now on; print its id.

    The older ones go on signing for the subscriptions made with them; browsers move to the new one when they next
    open the site. Copy keys/ again, to your backup and to every other machine that serves or delivers.
    """
    settings, engine, _ = opened()
    key = create_push_key(settings.keys_dir)
    with writing(engine).begin() as connection:
        write_down(connection, "push-key rotate", key.id)
    click.echo(key.id)


@push_key.command(context_settings=TAKES_ANY_ID)
@click.argument("key_id", required=False)
@click.option("--all", "every", is_flag=True, help="Every subscription, whatever its key: where vault.key is lost.")
def forget(key_id: str | None, every: bool) -> None:
    """Give up the key KEY_ID and the subscriptions made with it, even where its file is lost; print how many.

    Nobody is told: those who still want notices subscribe again when they next open the site.
    """
    if (key_id is None) != every:
        raise Refused("name one key, or say --all")
    settings = read_settings()
    # Not prepared first: this is the way out where a start refuses.
    engine = open_engine(settings)
    migrate(engine)
    keys = push_keys(settings.keys_dir)
    if keys and keys[-1].id == key_id:
        raise Refused(f"{key_id} is the key in use: make another first, with `appui push-key rotate`")
    with engine.connect() as connection:
        if key_id and key_id not in count_by_key(connection) and key_id not in [key.id for key in keys]:
            raise Refused(f"no push key {key_id}")
    with writing(engine).begin() as connection:
        count = forget_made_with(connection, key_id)
        write_down(connection, "push-key forget", key_id or "all", subscriptions=count)
    if key_id:
        remove_push_key(settings.keys_dir, key_id)
    click.echo(f"{count} subscriptions forgotten")


COMMANDS = (push_key,)

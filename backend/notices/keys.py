"""The keys of notices at start: made where nothing depends on them yet, demanded where something does."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Connection, Engine, delete, func, select

from backend.files import KeyMissingError
from backend.notices.tables import pending_subscriptions, subscriptions
from backend.notices.vapid import FILES, create_push_key, load_vapid
from backend.notices.vault import KEY_FILE, SealBrokenError, create_vault_key, load_vault
from backend.settings import Settings
from backend.storage.engine import writing

WAY_OUT = "restore keys/ from its copy, or give these subscriptions up: `appui push-key forget"


def prepare_keys(settings: Settings, engine: Engine, say: Callable[[str], None]) -> None:
    """Raises KeyMissingError where there are subscriptions that the keys at hand cannot serve.

    A new key in silence would lose every follower without a word.
    """
    with engine.connect() as connection:
        followed = connection.execute(select(subscriptions.c.id).limit(1)).first() is not None
    if not followed:
        _create(settings, engine, say)
    with engine.connect() as connection:
        for fault in key_faults(connection, settings):
            raise KeyMissingError(fault)


def key_faults(connection: Connection, settings: Settings) -> Iterator[str]:
    """What is wrong with the keys that subscriptions depend on, in a line each."""
    try:
        vault = load_vault(settings.keys_dir)
        for sealed in connection.execute(select(subscriptions.c.sealed).limit(1)).scalars():
            vault.unseal(sealed)
    except KeyMissingError as error:
        yield f"{error} ({WAY_OUT} --all`)"
    except SealBrokenError:
        yield f"{settings.keys_dir / KEY_FILE} is not the key of these subscriptions: {WAY_OUT} --all`"
    try:
        known = load_vapid(settings).ids
    except KeyMissingError as error:
        yield f"{error} ({WAY_OUT} --all`)"
        return
    for key_id in keys_in_use(connection):
        if key_id not in known:
            yield f"push key {key_id} is missing and subscriptions were made with it: {WAY_OUT} {key_id}`"


def keys_in_use(connection: Connection) -> Iterator[str]:
    """Ids of the push keys that subscriptions were made with: one step of the index each, however many there are."""
    column, last = subscriptions.c.vapid, ""
    while (found := connection.execute(select(func.min(column)).where(column > last)).scalar()) is not None:
        yield found
        last = found


def count_by_key(connection: Connection) -> dict[str, int]:
    """How many subscriptions were made with each push key."""
    column = subscriptions.c.vapid
    rows = connection.execute(select(column, func.count()).group_by(column))
    return {row[0]: row[1] for row in rows}


def _create(settings: Settings, engine: Engine, say: Callable[[str], None]) -> None:
    if not (settings.keys_dir / KEY_FILE).exists():
        with writing(engine).begin() as connection:
            connection.execute(delete(pending_subscriptions))  # sealed with a key that is no more
        create_vault_key(settings.keys_dir)
        say(f"key of subscriptions created: {settings.keys_dir / KEY_FILE} (keep a copy elsewhere)")
    if not any(settings.keys_dir.glob(FILES)):
        create_push_key(settings.keys_dir)
        say(f"push key created in {settings.keys_dir} (keep a copy elsewhere)")

"""A first start: keys, database, content, edition 1. Later starts find all of it and change nothing."""

from __future__ import annotations

import fcntl
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from backend.files import write_private
from backend.notices.keys import prepare_keys
from backend.offline.editions import last_number
from backend.offline.signing import SigningKey, create_key, load_key
from backend.settings import Settings
from backend.staff import audit
from backend.storage.append_only import lock_audit, lock_faults, unlock_audit
from backend.storage.documents import load_documents, replace_documents
from backend.storage.engine import writing
from backend.storage.migrate import migrate
from backend.storage.revisions import OPERATOR, Writing

LOCK_FILE = "start.lock"
TOKEN_FILE = "metrics-token"  # noqa: S105 - a file name


def prepare(settings: Settings, engine: Engine, moment: datetime, say: Callable[[str], None]) -> bool:
    """Make the data directory servable; returns whether edition 1 had to be published.

    Raises KeyMissingError where editions or subscriptions exist and their keys do not.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _alone(settings.data_dir):
        migrate(engine)
        with engine.connect() as connection:
            number = last_number(connection)
        key = _key(settings, first=number == 0, say=say)
        lock_journal(engine, moment, say)
        prepare_keys(settings, engine, say)
        _token(settings)
        return number == 0 and _first_edition(settings, engine, key, moment, say)


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """One process of this machine at a time: `serve` and `deliver` are often started together, and both would make
    keys. The lock ends with the process, however it ends."""
    with (data_dir / LOCK_FILE).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def lock_journal(engine: Engine, moment: datetime, say: Callable[[str], None]) -> None:
    """Put back what keeps the journal from being altered, where somebody took it away; the journal tells it."""
    with engine.connect() as connection:
        if not lock_faults(connection):
            return
    with writing(engine).begin() as connection:
        faults = lock_faults(connection)
        if not faults:
            return  # another process was first
        unlock_audit(connection)
        lock_audit(connection)
        audit.record(connection, audit.ITSELF, "locked the journal again", ", ".join(faults), faults, moment)
    say(f"the journal could be altered, and no longer can ({', '.join(faults)}): run `appui verify`")


def _first_edition(
    settings: Settings, engine: Engine, key: SigningKey, moment: datetime, say: Callable[[str], None]
) -> bool:
    """Whether it was published here: several machines may start at once on one database."""
    # Imported here: a server that only reads has no use for Markdown, YAML and templates.
    from backend.offline.pack import PACKS, read_pack
    from backend.offline.publish import publish_drafts

    with writing(engine).begin() as connection:
        if last_number(connection):
            return False
        drafts = [] if load_documents(connection) else read_pack(PACKS / "val_doise")
        if drafts:
            replace_documents(connection, drafts)
        by = Writing(OPERATOR, moment)
        number = publish_drafts(connection, key, settings.exit_url, by, "première édition").number
    if drafts:
        say(f"content imported: {len(drafts)} documents")
    say(f"edition {number} published")
    return True


def _key(settings: Settings, first: bool, say: Callable[[str], None]) -> SigningKey:
    if first and not settings.edition_key_file.exists():
        key = create_key(settings.keys_dir)
        say(f"signing key created: {settings.edition_key_file} (keep a copy elsewhere)")
        return key
    return load_key(settings.keys_dir)


def _token(settings: Settings) -> None:
    """What a monitor on another machine shows to read /readyz and /metrics."""
    path = settings.keys_dir / TOKEN_FILE
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32).encode() + b"\n")

"""Restoring a backup without leaving phones behind."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from backend.offline.choosing import chosen
from backend.offline.editions import drafts_digest, last_number
from backend.offline.publish import CONTENT, EDITION, publish_in
from backend.offline.signing import SigningKey
from backend.settings import Settings
from backend.staff.audit import record
from backend.staff.sessions import end_everything
from backend.storage.backup import restore_backup, write_backup
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR


def restore_and_publish(
    engine: Engine, settings: Settings, key: SigningKey, moment: datetime, file: Path, after: int
) -> tuple[Path, int]:
    """Restore `file`, publish it above every number phones may hold; returns the safety copy and the number."""
    kept = settings.data_dir / f"before-restore-{moment:%Y%m%dT%H%M%SZ}.zip"
    write_backup(engine, kept)
    # One transaction: cut in between, the old numbers would be forgotten, and phones refuse lower ones.
    with writing(engine).begin() as connection:
        seen = last_number(connection)
        restore_backup(connection, file)
        end_everything(connection)  # what was open, given or asked for then must not open anything now
        # On a new machine the backup has seen more than the database: the journal names the edition that comes.
        seen = max(seen, after, last_number(connection))
        selection = chosen(connection)
        content = drafts_digest(selection.documents)
        details = {"backup": file.name, "editions seen": seen, CONTENT: content}
        record(connection, OPERATOR, "restore", f"{EDITION}{seen + 1}", details, moment)
        number = publish_in(
            connection,
            key,
            settings.exit_url,
            moment,
            f"restauration de {file.name}",
            selection,
            after=seen,
        ).number
    return kept, number

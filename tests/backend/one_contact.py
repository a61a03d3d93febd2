"""A small pack of which one contact, `a`, is written, approved and published; the database is real."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine

from backend.offline.approvals import approve
from backend.offline.changes_waiting import Change, change_of
from backend.offline.editions import last_number, load_drafts
from backend.offline.publish import publish
from backend.offline.revisions import draft_revision, save_draft
from backend.offline.signing import SigningKey
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import writing
from tests.workflow import small_pack, welcome

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXIT = "https://example.org/"
A = ("contact", "a")


class Desk:
    """One contact, `a`, its drafts and its editions."""

    def __init__(self, engine: Engine, key: SigningKey) -> None:
        self.engine, self.key = engine, key
        with writing(engine).begin() as connection:
            replace_documents(connection, small_pack())
            welcome(connection, "ana", "ben", "eve")
        self.publish()

    def publish(self) -> dict[str, Any]:
        publish(self.engine, self.key, EXIT, NOW)
        with self.engine.connect() as connection:
            return self.body(load_drafts(connection, last_number(connection)) or [])

    def save(self, author: str, **values: Any) -> None:
        with writing(self.engine).begin() as connection:
            body = json.dumps(self.body(load_documents(connection)) | values)
            save_draft(connection, *A, body, author, draft_revision(connection, *A), NOW)

    def change(self) -> Change:
        with self.engine.connect() as connection:
            found = change_of(connection, A)
        assert found is not None
        return found

    def approve(self, who: str, seen: Change | None = None) -> None:
        seen = seen or self.change()
        with writing(self.engine).begin() as connection:
            approve(connection, A, seen.old, seen.new, who, NOW)

    @staticmethod
    def body(drafts: list[Document]) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(next(d.body for d in drafts if d.key == A))
        return found

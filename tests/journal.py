"""A journal with entries, for tests of what becomes of them."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import Engine

from backend.staff import audit
from backend.staff.audit import Entry
from backend.storage.engine import writing

MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)


def write(engine: Engine, count: int) -> None:
    with writing(engine).begin() as connection:
        for number in range(count):
            audit.record(connection, "operator", "publish", f"edition {number}", {"é": number}, MOMENT)


def read(engine: Engine) -> list[Entry]:
    with engine.connect() as connection:
        return list(audit.entries(connection))

"""Contacts of the whole country: one schedule compiled, and editions of 30, 300 and 3,000 contacts published.

Compiling: median of 200 schedules over twelve weeks; its JSON is the form phones keep, for two slots a working day.
Publishing: `publish` itself on SQLite, from drafts to the transaction, each size in an empty database, three rounds
interleaved, median. The baseline of a size is ten times the size before: a straight line is a ratio of 1 or less.
"""

from __future__ import annotations

import json
import tempfile
import time
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from random import Random

from backend.offline.publish import publish
from backend.offline.signing import create_key
from backend.permanences.compile import compile_schedule
from backend.permanences.device_hours import device_hours, device_json
from backend.permanences.schedule_reading import schedule_from_json
from backend.settings import from_environment
from backend.storage.documents import Document, replace_documents
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import migrate
from tests.backend.random_schedules import random_schedule
from tests.benchmarks.figure import Measured, Row, middle

SIZES = (30, 300, 3000)
ROUNDS = 3
MOMENT = datetime(2026, 11, 23, 9, tzinfo=UTC)
DAYS = ("mo", "tu", "we", "th", "fr")
TWO_SLOTS = {"weekly": {day: [["09:00", "12:00"], ["14:00", "17:30"]] for day in DAYS}}


def measure() -> Measured:
    seconds: dict[int, list[float]] = {size: [] for size in SIZES}
    for _ in range(ROUNDS):
        for size in SIZES:
            seconds[size].append(_publish(size))
    return {
        "compile_ms": _compile_ms(),
        "json": float(_json_bytes()),
        **{f"s{size}": middle(found) for size, found in seconds.items()},
    }


def rows(values: Measured) -> list[Row]:
    compiled, size = values["compile_ms"], values["json"]
    return [
        Row("compile one schedule, 12 weeks", f"{compiled:.2f} ms", target="≤ 2 ms", reached=compiled <= 2),
        Row("its JSON, two slots a day", f"{size:.0f} B", target="≤ 2,000 B", reached=size <= 2000),
        *(_row(values, before, size) for before, size in pairwise(SIZES)),
    ]


def _row(values: Measured, before: int, size: int) -> Row:
    ours, base = values[f"s{size}"], values[f"s{before}"] * size / before
    return Row(
        f"publish {size} contacts",
        f"{ours:.2f} s",
        f"{size // before} × {before}: {base:.2f} s",
        f"{ours / base:.2f}",
        "≤ 10 s, ≤ 1.1",
        ours <= 10 and ours / base <= 1.1,
    )


def _compile_ms() -> float:
    dice, taken = Random(1), []
    for _ in range(200):
        schedule = random_schedule(dice)
        began = time.perf_counter()
        compile_schedule(schedule, date(2026, 11, 23))
        taken.append((time.perf_counter() - began) * 1000)
    return middle(taken)


def _json_bytes() -> int:
    hours = device_hours(compile_schedule(schedule_from_json(TWO_SLOTS), date(2026, 11, 23)))
    return len(json.dumps(device_json(hours), separators=(",", ":")))


def _publish(size: int) -> float:
    with tempfile.TemporaryDirectory() as folder:
        settings = from_environment({"APPUI_DATA_DIR": str(Path(folder) / "var")})
        settings.data_dir.mkdir(mode=0o700)
        key, engine = create_key(settings.keys_dir), open_engine(settings)
        migrate(engine)
        with writing(engine).begin() as connection:
            replace_documents(connection, _drafts(size))
        began = time.perf_counter()
        publish(engine, key, settings.exit_url, MOMENT)
        taken = time.perf_counter() - began
        engine.dispose()
    return taken


def _drafts(size: int) -> list[Document]:
    """Organisations of three contacts, each with hours of its own."""
    drafts = [_document("pack", "p", {"name": "p", "territory": "France", "language": "fr"})]
    for number in range(0, size, 3):
        id_ = f"o{number}"
        drafts.append(_document("organisation", id_, {"id": id_, "name": f"Association {number}", "scope": "local"}))
    drafts += [_document("contact", f"c{number}", _contact(number)) for number in range(size)]
    return drafts


def _contact(number: int) -> dict[str, object]:
    hour = 8 + number % 4
    week = {day: [[f"{hour:02d}:{number % 60:02d}", "12:30"], ["14:00", "17:30"]] for day in DAYS}
    return {
        "id": f"c{number}", "organisation": f"o{number - number % 3}", "kind": "phone", "value": f"01{number:08d}",
        "label": f"Association {number}", "for": f"Écoute et accueil, ville {number}", "schedule": {"weekly": week},
        "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "confidence": "high", "source": {"title": "Essai"},
    }  # fmt: skip


def _document(kind: str, id_: str, values: dict[str, object]) -> Document:
    return Document(kind, id_, json.dumps(values, ensure_ascii=False))

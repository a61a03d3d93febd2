"""Going back to any of the last twenty editions, and what the doctor says of hours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine

from backend.offline.content import Content, read_content
from backend.offline.doctor import Findings, examine_school_holidays
from backend.offline.editions import list_editions, load_drafts
from backend.offline.publish import publish, rollback
from backend.offline.signing import load_key
from backend.permanences.school_holidays import ZONE_C
from backend.settings import Settings
from backend.storage.documents import Document, load_documents, replace_documents
from backend.storage.engine import writing

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
EXIT = "https://meteofrance.com/"


def _small(number: int) -> list[Document]:
    """A pack of one contact, whose label tells the edition."""
    contact = {
        "id": "a", "organisation": "a", "kind": "phone", "value": "3018", "label": f"Contact {number}", "for": "Parler",
        "schedule": {"always": True}, "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "confidence": "high",
        "source": {"title": "A"},
    }  # fmt: skip
    bodies = {
        ("pack", "p"): {"name": "p", "territory": "Ici", "language": "fr"},
        ("organisation", "a"): {"id": "a", "name": "A", "scope": "national"},
        ("contact", "a"): contact,
    }
    return [Document(kind, id_, json.dumps(body)) for (kind, id_), body in bodies.items()]


def _label(drafts: list[Document] | None) -> str:
    return str(next(json.loads(draft.body)["label"] for draft in drafts or () if draft.kind == "contact"))


@pytest.mark.parametrize("settings", ["sqlite"], indirect=True)
def test_any_of_the_last_twenty_editions_comes_back(engine: Engine, settings: Settings) -> None:
    key = load_key(settings.keys_dir)
    for number in range(1, 22):
        with writing(engine).begin() as connection:
            replace_documents(connection, _small(number))
        assert publish(engine, key, EXIT, NOW + timedelta(minutes=number)).number == number
    for done, back in enumerate((2, 11, 20, 21)):
        assert rollback(engine, key, EXIT, NOW + timedelta(hours=1 + done), back).number == 22 + done
        with engine.connect() as connection:
            assert _label(load_documents(connection)) == f"Contact {back}"
            assert _label(load_drafts(connection, 22 + done)) == f"Contact {back}"
            assert list_editions(connection)[0].message == f"retour à l’édition {back}"


def _told(content: Content, day: date) -> Findings:
    findings = Findings()
    examine_school_holidays(content, day, findings)
    return findings


def test_school_holidays_that_run_out_are_a_fault_only_where_hours_depend_on_them() -> None:
    plain = read_content(_small(1))
    contact = plain.contacts["a"]
    assert contact.schedule is not None
    depending = replace(contact, schedule=replace(contact.schedule, always=False, school_holidays="closed"))
    known, out = ZONE_C.known_from, ZONE_C.known_until + timedelta(1)
    assert _told(plain, known) == Findings()
    assert (len(_told(plain, out).lines), _told(plain, out).faults) == (1, [])
    plain.contacts["a"] = depending
    assert _told(plain, known) == Findings()
    told = _told(plain, out)
    assert told.lines == []
    assert told.faults[0].endswith("(a)")

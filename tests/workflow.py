"""A small pack for tests of the workflow: compressing the real one takes seconds."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection

from backend.staff.people import Identity, add_person
from backend.storage.documents import Document

WEEKLY = {"weekly": {"mo": [["09:00", "12:00"]]}}


def contact(id_: str, label: str, value: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id_, "organisation": id_, "kind": "phone", "value": value, "label": label, "for": "Parler",
        "schedule": WEEKLY, "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "confidence": "high",
        "source": {"title": "A"},
    } | more  # fmt: skip


ORGANISATION = {"id": "a", "name": "A", "scope": "local", "address": "1 rue A, 95000 Cergy", "successors": ["a"]}
GUIDE = """---
title: "Un guide"
tab: "Guide"
summary: "Ce qu’il fait."
audience: [tous]
group: agir
order: 1
icon: leaf
reviewed_on: 2026-11-22
review_by: 2027-05-22
---
Une phrase.

## Un geste

Une raison.
"""


def small_pack() -> list[Document]:
    """Two organisations, a contact each, one guide; contact b is where a closed organisation a would send people."""
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("pack", "p"): {"name": "p", "territory": "Ici", "language": "fr"},
        ("organisation", "a"): {"id": "a", "name": "A", "scope": "local", "successors": ["a"]},
        ("organisation", "b"): {"id": "b", "name": "B", "scope": "national"},
        ("contact", "a"): contact("a", "Alpha", "0130303030"),
        ("contact", "b"): contact("b", "Beta", "3018"),
    }
    documents = [Document(kind, id_, json.dumps(body)) for (kind, id_), body in bodies.items()]
    return [*documents, Document("guide", "un", GUIDE)]


def welcome(connection: Connection, *ids: str) -> None:
    """People of the staff under these very ids: an approval of somebody who is not here counts for nothing."""
    for id_ in ids:
        add_person(connection, Identity(id_, id_.encode(), id_), "approver", "a", datetime.now(UTC))

"""Documents that say hostile texts in each of their fields."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import cycle, islice
from typing import Any

from backend.offline.desk.guide_pages import guide_document
from backend.storage.documents import Document
from tests.backend.hostile_texts import LONGEST, hostile_texts

PACK = Document("pack", "p", json.dumps({"name": "p", "territory": "Ici", "language": "fr"}))
MARKDOWN = "Voir [ceci](source:s{}).\n\n## Un geste\n\nUne raison.\n"
# What a field is to say: its name, and how many characters it takes.
Say = Callable[[str, int], str]


def always(text: str) -> Say:
    return lambda _field, _longest: text


class Tour:
    """Each field goes through all the texts, as many at once as it takes, and begins again."""

    def __init__(self) -> None:
        self._left: dict[str, Iterator[str]] = defaultdict(self._begin)
        self._next: dict[str, str] = {}
        self.said: dict[str, set[str]] = defaultdict(set)  # by text: the fields that have said it

    def _begin(self) -> Iterator[str]:
        """Each field elsewhere, so that few documents say everything."""
        return islice(cycle(hostile_texts()), len(self._left) * 37, None)

    def __call__(self, field: str, longest: int) -> str:
        told = ""
        while True:
            text = self._next.pop(field, None) or next(self._left[field])
            if told and len(told) + len(text) >= longest:
                self._next[field] = text
                return told
            told = f"{told} {text}" if told else text
            self.said[text].add(field)


def four(number: int, say: Say) -> list[Document]:
    """A contact, an organisation, a source and a guide."""
    organisation = {
        "id": f"o{number}", "name": say("name", 120), "scope": "local", "address": say("address", 300),
        "about": say("about", 600),
    }  # fmt: skip
    source = {"id": f"s{number}", "title": say("source", 200), "confidence": "high", "says": say("says", 500)}
    bodies = {"organisation": organisation, "contact": contact_body(number, say), "source": source}
    guide = Document("guide", f"g{number}", guide_document(front(say), MARKDOWN.format(number)))
    return [*(Document(kind, f"{kind[0]}{number}", json.dumps(body)) for kind, body in bodies.items()), guide]


def contact_body(number: int, say: Say) -> dict[str, Any]:
    reason = say("reason", 120).replace("\n", " ")
    shut = {"from": "2026-12-24", "until": "2026-12-26", "slots": [], "reason": reason}
    return {
        "id": f"c{number}", "organisation": f"o{number}", "kind": "phone", "value": "0130303030",
        "label": say("label", 90), "for": say("for", 200), "cost": say("cost", 120), "audience": say("audience", 300),
        "expect": say("expect", 600), "note": say("note", 600), "keywords": [say("keywords", 300)],
        "schedule": {"weekly": {"mo": [["09:00", "12:00"]]}, "exceptions": [shut], "note": say("hours", 300)},
        "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "confidence": "high",
        "source": {"title": say("origin", 200), "url": None, "date": None},
    }  # fmt: skip


def front(say: Say) -> dict[str, Any]:
    return {
        "title": say("title", 90), "tab": say("tab", LONGEST)[:30], "summary": say("summary", 200),
        "audience": ["tous"], "group": "agir", "order": "1", "icon": "leaf", "keywords": [say("words", 300)],
        "reviewed_on": "2026-11-22", "review_by": "2027-05-22",
    }  # fmt: skip

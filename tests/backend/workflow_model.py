"""The model that the editing workflow is held against: one contact, who wrote what, and what may reach readers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from backend.storage.revisions import OPERATOR
from tests.workflow import contact

Body = dict[str, Any]


def written(id_: str, value: str, note: str | None, start: str) -> str:
    schedule = {"weekly": {"mo": [[start, "12:00"]]}}
    return json.dumps(contact(id_, id_, value) | {"organisation": "a", "note": note, "schedule": schedule})


def watched(body: str | None) -> Body:
    """The model's own idea of what a second person must see."""
    if body is None:
        return {}
    read = json.loads(body)
    note = read["note"] or ""
    return {"there": True, "value": read["value"], "note": note if "Ou le" in note else None}


@dataclass
class Modelled:
    """One contact: what readers have, and every version anybody wrote (author, body), oldest first."""

    published: str | None = None
    versions: list[tuple[str, str | None]] = field(default_factory=list)
    approved: bool = False

    @property
    def draft(self) -> str | None:
        return self.versions[-1][1]

    def write(self, author: str, body: str | None) -> None:
        if body != self.draft:
            self.versions.append((author, body))
            self.approved = False

    def goes_out(self, body: str | None) -> None:
        if body != self.published:
            self.published, self.approved = body, False

    def waits(self) -> bool:
        """Something watched differs from what readers have, and somebody else than the operator last wrote it so."""
        before, after = watched(self.published), watched(self.draft)
        if before and not after:
            return self._last_to_write(lambda body: body is None) != OPERATOR and not self.approved
        fields = [name for name in after if before.get(name) != after[name]]
        unseen = [name for name in fields if self._last_to_write(lambda b, n=name: watched(b).get(n)) != OPERATOR]
        return bool(unseen) and not self.approved

    def _last_to_write(self, told: Any) -> str:
        for index in range(len(self.versions) - 1, 0, -1):
            if told(self.versions[index][1]) != told(self.versions[index - 1][1]):
                return self.versions[index][0]
        return self.versions[0][0]

    def writers(self) -> set[str]:
        found = set()
        for index in range(len(self.versions) - 1, -1, -1):
            author, body = self.versions[index]
            if watched(body) == watched(self.published):
                break
            if watched(body) != (watched(self.versions[index - 1][1]) if index else {}):
                found.add(author)
        return found

    def after_publication(self, hours_alone: bool = False) -> str | None:
        if not hours_alone and not self.waits():
            return self.draft
        if self.published is None or self.draft is None:
            return self.published
        schedule = json.loads(self.draft)["schedule"]
        if schedule == json.loads(self.published)["schedule"]:
            return self.published
        return json.dumps(json.loads(self.published) | {"schedule": schedule})

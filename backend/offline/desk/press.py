"""What the publishing screens work with: the desk's room, and what the staff's room says of a person."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from litestar import Response
from sqlalchemy import Connection

from backend.offline.changes_waiting import Change
from backend.offline.desk.room import Asked, Editor, Room
from backend.storage.revisions import OPERATOR

# Needs, as the staff's policy names them: whoever may edit may publish what needs no second person.
PUBLISH, APPROVE, ADMINISTER = "edit", "approve", "administer"


@dataclass(frozen=True)
class Press:
    """`allows` says whether a person may do one of the above for an organisation, or for the whole (None).
    `fresh`: a passkey was shown less than five minutes ago; `ask_passkey` asks for one, then comes back to an address.
    `names`: what people are called. `record` writes to the audit trail: who, what, of what, details."""

    room: Room
    allows: Callable[[Editor, str, str | None], bool]
    fresh: Callable[[Editor, datetime], bool]
    ask_passkey: Callable[[Asked, str], Response[Any]]
    names: Callable[[Connection, Collection[str]], dict[str, str]]
    record: Callable[[Connection, str, str, str, dict[str, Any], datetime], None]

    def may(self, person: Editor, need: str, change: Change) -> bool:
        """A change that touches two organisations needs a word for both."""
        return all(self.allows(person, need, organisation) for organisation in change.organisations or (None,))

    def called(self, connection: Connection, people: Collection[str]) -> dict[str, str]:
        known = self.names(connection, [id_ for id_ in people if id_ != OPERATOR])
        return {id_: known.get(id_, "quelqu’un") for id_ in people} | {OPERATOR: "l’administrateur du serveur"}


def mark(changes: Collection[Change]) -> str:
    """What a screen showed, in short: another version of anything makes another mark."""
    told = sorted(f"{change.key} {change.revision} {change.old} {change.new} {change.waits}" for change in changes)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

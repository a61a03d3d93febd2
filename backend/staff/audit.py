"""What was done, by whom, in the order it was done: a chain of hashes that the database lets nobody rewrite."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, insert, select

from backend.staff.policy import Person
from backend.staff.tables import audit
from backend.storage import audit_end

FIRST = "0" * 64  # the head of a chain without entries
ITSELF = "appui"  # who writes what nobody did
LONGEST_SUBJECT = 200
FOUND_CUT = "found the journal cut"
JOINED, CAME_BACK = "joined", "came back"
JUST_LET_IN = "just invited"  # who approves by an author, or an author by who approves; in the details


@dataclass(frozen=True)
class Entry:
    """One act. `moment` is RFC 3339, `details` is JSON text, `hash` covers everything else."""

    number: int
    moment: str
    actor: str
    action: str
    subject: str
    details: str
    previous: str
    hash: str


def entry_hash(entry: Mapping[str, object]) -> str:
    """SHA-256 of the entry without its hash, as JSON with sorted keys. Pure."""
    held = {name: entry[name] for name in ("number", "moment", "actor", "action", "subject", "details", "previous")}
    return hashlib.sha256(json.dumps(held, sort_keys=True, ensure_ascii=True).encode()).hexdigest()


def record(
    connection: Connection,
    actor: Person | str,
    action: str,
    subject: str,
    details: Mapping[str, object],
    moment: datetime,
) -> str:
    """Write one act down in the caller's (writing) transaction; returns the new head.

    `actor` is a person, a person's id, or "operator". `action` is a word or two in English, `subject` what it was
    done to. Nothing secret or personal belongs in `details`: the trail is never erased.
    """
    number, previous = last_entry(connection)
    if not audit_end.stands(connection, number, previous):
        # A new seal would hide it: written down, it stays found.
        previous = _append(connection, number + 1, previous, ITSELF, FOUND_CUT, f"entry {number}", {}, moment)
        number += 1
    who = actor.id if isinstance(actor, Person) else actor
    found = _append(connection, number + 1, previous, who, action, subject, details, moment)
    audit_end.seal(connection, number + 1, found)
    return found


def _append(
    connection: Connection,
    number: int,
    previous: str,
    actor: str,
    action: str,
    subject: str,
    details: Mapping[str, object],
    moment: datetime,
) -> str:
    values: dict[str, object] = {
        "number": number,
        "moment": _written(moment),
        "actor": actor,
        "action": action,
        "subject": subject,
        "details": json.dumps(details, sort_keys=True, ensure_ascii=False),
        "previous": previous,
    }
    found = entry_hash(values)
    connection.execute(insert(audit).values(**values, hash=found))
    return found


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def last_entry(connection: Connection) -> tuple[int, str]:
    """Number and hash of the newest entry; 0 and FIRST where there is none."""
    last = connection.execute(select(audit.c.number, audit.c.hash).order_by(audit.c.number.desc()).limit(1)).first()
    return (last.number, last.hash) if last else (0, FIRST)


def head(connection: Connection) -> str:
    """The hash of the newest entry: each signed edition carries it."""
    return last_entry(connection)[1]


def entries(connection: Connection) -> Iterator[Entry]:
    """The whole trail, oldest first."""
    for row in connection.execution_options(stream_results=True).execute(select(audit).order_by(audit.c.number)):
        yield Entry(*row)


def newest(connection: Connection, count: int, before: int | None = None) -> list[Entry]:
    """The last entries, newest first; `before` turns the page."""
    query = select(audit).order_by(audit.c.number.desc()).limit(count)
    if before is not None:
        query = query.where(audit.c.number < before)
    return [Entry(*row) for row in connection.execute(query)]


def since(connection: Connection, action: str, first: datetime) -> list[Entry]:
    """Acts of one kind from that moment on, oldest first."""
    wanted = (audit.c.action == action) & (audit.c.moment >= _written(first))
    return [Entry(*row) for row in connection.execute(select(audit).where(wanted).order_by(audit.c.number))]


def json_lines(connection: Connection) -> Iterator[bytes]:
    """The trail to carry elsewhere: one JSON object a line."""
    for entry in entries(connection):
        yield json.dumps(asdict(entry), ensure_ascii=False).encode() + b"\n"

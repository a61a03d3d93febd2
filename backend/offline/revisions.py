"""Drafts saved by people: all of them kept, and two who write the same thing see it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from backend.offline.content import read_content
from backend.records import RefusedError
from backend.staff.audit import record
from backend.storage.documents import Document, load_documents, remove_document, write_document
from backend.storage.revisions import Key, Revision, Writing, history, last_revision

NEW = 0  # the revision that a document not written yet is based on


class ConflictError(Exception):
    """Somebody else wrote meanwhile: `theirs` is what stands now. Nothing was changed, nothing is lost."""

    def __init__(self, theirs: Revision) -> None:
        self.theirs = theirs
        super().__init__(f"{theirs.kind} {theirs.id} is at revision {theirs.number} now")


def draft_revision(connection: Connection, kind: str, id_: str) -> int:
    """The number that a form carries and gives back to `save_draft`; NEW where nothing is written yet."""
    last = last_revision(connection, (kind, id_))
    return last.number if last else NEW


def save_draft(
    connection: Connection,
    kind: str,
    id_: str,
    body: str | None,
    person_id: str,
    based_on_revision: int,
    moment: datetime,
) -> int:
    """Keep a draft, whole and checked with all others, with a line of the journal; returns its revision number.

    `body` None takes the document away. Raises ConflictError where it is not based on what stands now, and
    ContentError where the whole would no longer hold together: then nothing is changed.
    Called within `writing(engine).begin()`.
    """
    key = (kind, id_)
    last = last_revision(connection, key)
    if last and last.body == body:
        return last.number  # sent twice, or both wrote the same
    if (last.number if last else NEW) != based_on_revision:
        if last is None:
            raise RefusedError(f"{kind} {id_} has no revision {based_on_revision}")
        raise ConflictError(last)
    _check_whole(load_documents(connection), key, body)
    _write(connection, key, body, Writing(person_id, moment))
    number = based_on_revision + 1
    subject, details = "/".join(key), {"revision": number}  # what it says stays in the revisions
    record(connection, person_id, "take away" if body is None else "save", subject, details, moment)
    return number


def restore_revision(
    connection: Connection, key: Key, number: int, person_id: str, based_on_revision: int, moment: datetime
) -> int:
    """Make an earlier version the draft again, as a new revision. Raises as `save_draft` does."""
    earlier = next((found for found in history(connection, key) if found.number == number), None)
    if earlier is None:
        raise RefusedError(f"{key[0]} {key[1]} has no revision {number}")
    return save_draft(connection, *key, earlier.body, person_id, based_on_revision, moment)


def _check_whole(drafts: list[Document], key: Key, body: str | None) -> None:
    others = [draft for draft in drafts if draft.key != key]
    if body is None:
        read_content(others)
        return
    after = Document(*key, body)
    known = len(others) < len(drafts)
    read_content([after if draft.key == key else draft for draft in drafts] if known else [*drafts, after])


def _write(connection: Connection, key: Key, body: str | None, writing: Writing) -> None:
    if body is None:
        remove_document(connection, key, writing)
    else:
        write_document(connection, Document(*key, body), writing)

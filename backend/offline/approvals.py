"""Approving a change: by somebody else, of exactly what was seen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from backend.offline.changes_waiting import APPROVE, Change, change_of
from backend.offline.four_eyes import digest
from backend.offline.tables import approvals
from backend.records import RefusedError
from backend.staff.audit import JOINED, JUST_INVITED, record, since
from backend.storage.documents import Document
from backend.storage.revisions import Key

# Somebody alone could invite themselves under another name. Nothing forbids it, a team of two begins so: it is told.
NEW_FOR = timedelta(days=1)


class ChangedSinceError(RefusedError):
    """What was looked at is no longer what would go out: look again."""


class OwnChangeError(RefusedError):
    """Nobody approves what they wrote themselves."""


def approve(connection: Connection, key: Key, old: str, new: str, approver: str, moment: datetime) -> Change:
    """Let a change go out; `old` and `new` are the digests of the two versions that `approver` compared.

    Written down in the journal, without which it counts for nothing. That the person may, with a passkey just shown,
    and has called, is the caller's to make sure of.
    Called within `writing(engine).begin()`: nobody writes in between.
    """
    change = change_of(connection, key)
    if change is None or (change.old, change.new) != (old, new) or not change.revision:
        raise ChangedSinceError("Ce changement a été modifié entre-temps. Regardez-le de nouveau.")
    if approver in change.authors:
        raise OwnChangeError(
            "Vous avez écrit une partie de ce changement : il faut une autre personne pour l’approuver."
        )
    if change.waits:
        seen: dict[str, object] = {"revision": change.revision, "old": old, "new": new}
        values = {"kind": key[0], "id": key[1], "approver": approver, "moment": int(moment.timestamp())}
        connection.execute(insert(approvals).values(**values, **seen))
        told = seen | {"fields": [risk.field for risk in change.risks]}
        if _are_new_to_each_other(connection, approver, change.authors, moment):
            told |= {JUST_INVITED: True}
        record(connection, approver, APPROVE, "/".join(key), told, moment)
    return change


def _are_new_to_each_other(connection: Connection, approver: str, authors: Collection[str], moment: datetime) -> bool:
    """Whether one of the authors let the approver in, or was let in by them, a moment ago."""
    pairs = {pair for author in authors for pair in ((approver, author), (author, approver))}
    joined = since(connection, JOINED, moment - NEW_FOR)
    return any((one.actor, json.loads(one.details).get("invited by")) in pairs for one in joined)


def by_newcomers(connection: Connection, first: datetime) -> Iterator[str]:
    """What was approved since `first` where author or approver had just invited the other, as the journal names it."""
    return (one.subject for one in since(connection, APPROVE, first) if json.loads(one.details).get(JUST_INVITED))


def void_approvals(connection: Connection, published: Iterable[Document]) -> None:
    """With a new edition, those of changes to what readers no longer have: used up, or overtaken by an undo, after
    which even the same change is looked at again."""
    bodies = {document.key: document.body for document in published}
    for row in connection.execute(select(approvals.c.kind, approvals.c.id, approvals.c.old)).all():
        if digest(bodies.get((row.kind, row.id))) != row.old:
            of = approvals.c.kind == row.kind, approvals.c.id == row.id, approvals.c.old == row.old
            connection.execute(delete(approvals).where(*of))

"""Approving a change: by somebody else, of exactly what was seen."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, insert, select

from backend.offline.changes_waiting import APPROVE, Change, change_of
from backend.offline.four_eyes import digest
from backend.offline.tables import approvals
from backend.records import RefusedError
from backend.staff.audit import CAME_BACK, JOINED, JUST_LET_IN, record, since
from backend.storage.documents import Document
from backend.storage.revisions import Key

# Somebody alone could let themselves in under another name, or as a colleague to whom they gave a new access. Nothing
# forbids it, a team of two begins so: it is told.
NEW_FOR = timedelta(days=7)


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
        same = {"kind": key[0], "id": key[1], "revision": change.revision, "old": old}
        values = {"kind": key[0], "id": key[1], "approver": approver, "moment": int(moment.timestamp())}
        # Of somebody who is not here any more there may be one already.
        connection.execute(delete(approvals).where(*(approvals.c[name] == found for name, found in same.items())))
        connection.execute(insert(approvals).values(**values, **seen))
        told = seen | {"fields": [risk.field for risk in change.risks]}
        if _let_in(connection, approver, change.authors, moment):
            told |= {JUST_LET_IN: True}
        record(connection, approver, APPROVE, "/".join(key), told, moment)
    return change


def _let_in(connection: Connection, approver: str, authors: Collection[str], moment: datetime) -> bool:
    """Whether one of the authors let the approver in of late, or was let in by them; or by somebody they let in."""
    came = [*since(connection, JOINED, moment - NEW_FOR), *since(connection, CAME_BACK, moment - NEW_FOR)]
    hosts: dict[str, set[str]] = {}
    for one in came:
        hosts.setdefault(one.actor, set()).add(str(json.loads(one.details).get("invited by")))
    return any(author in _hosts_of(approver, hosts) or approver in _hosts_of(author, hosts) for author in authors)


def _hosts_of(person: str, hosts: Mapping[str, set[str]]) -> set[str]:
    """Who let that person in, who let these in, and so on."""
    found: set[str] = set()
    asked = [person]
    while asked:
        new = hosts.get(asked.pop(), set()) - found - {person}
        found |= new
        asked += new
    return found


def by_newcomers(connection: Connection, first: datetime) -> Iterator[str]:
    """What was approved since `first` where author or approver had just let the other in, as the journal names it."""
    return (one.subject for one in since(connection, APPROVE, first) if json.loads(one.details).get(JUST_LET_IN))


def void_approvals(connection: Connection, published: Iterable[Document]) -> None:
    """With a new edition, those of changes to what readers no longer have: used up, or overtaken by an undo, after
    which even the same change is looked at again."""
    bodies = {document.key: document.body for document in published}
    for row in connection.execute(select(approvals.c.kind, approvals.c.id, approvals.c.old)).all():
        if digest(bodies.get((row.kind, row.id))) != row.old:
            of = approvals.c.kind == row.kind, approvals.c.id == row.id, approvals.c.old == row.old
            connection.execute(delete(approvals).where(*of))

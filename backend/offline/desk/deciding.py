"""Who may do what with a change, and what they are called."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection

from backend.offline.changes_waiting import Change, published_documents
from backend.offline.desk.change_words import Titles, title_of
from backend.staff import people
from backend.staff.policy import Need, Person, allows
from backend.storage.documents import load_documents
from backend.storage.revisions import OPERATOR


def may(person: Person, need: Need, change: Change) -> bool:
    """A change that touches two organisations needs a word for both.

    What belongs to none, guides and sources, is the administrator's to write, publish and take back; any approver may
    be the other pair of eyes.
    """
    if not change.organisations and need is Need.EDIT:
        return allows(person, Need.ADMINISTER)
    return all(allows(person, need, organisation) for organisation in change.organisations or (None,))


def names(connection: Connection) -> dict[str, str]:
    """What people are called, by what a revision holds."""
    return people.names(connection) | {OPERATOR: "l’opérateur du serveur"}


def titles(connection: Connection) -> Titles:
    """What contacts and organisations are called: as readers know them, else as their draft says. Two of one name are
    told apart, for who approves a change must see one."""
    documents = [*load_documents(connection), *published_documents(connection)]
    called = {found.key: title_of(found) for found in documents if found.kind in ("contact", "organisation")}
    many = Counter((kind, title) for (kind, _), title in called.items())
    return {
        (kind, id_): title if many[kind, title] == 1 else f"{title} ({id_})" for (kind, id_), title in called.items()
    }


def mark(changes: Collection[Change]) -> str:
    """What a screen showed, in short: another version of anything makes another mark."""
    told = sorted(f"{change.key} {change.revision} {change.old} {change.new} {change.waits}" for change in changes)
    return hashlib.sha256("\n".join(told).encode()).hexdigest()[:32]

"""Changing one contact among the drafts: what does not hold together with the rest is never written."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection

from backend.offline.content import Content, read_content
from backend.offline.editions import last_number, load_drafts
from backend.permanences.closing import Closing, close_days
from backend.permanences.contact import Contact, read_contact
from backend.permanences.freshness import status
from backend.permanences.organisation import Organisation
from backend.permanences.schedule import Schedule, schedule_json
from backend.records import Record, RefusedError
from backend.storage.documents import Document, load_documents, write_document
from backend.storage.revisions import by_operator

CONFIRMED_FOR = timedelta(180)
Body = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """A contact as the next edition will say it."""

    contact: Contact
    organisation: Organisation


def read_drafts(connection: Connection) -> Content:
    return read_content(load_documents(connection))


def find(connection: Connection, id_: str) -> Draft:
    """Raises RefusedError where the drafts hold no such contact."""
    content = read_drafts(connection)
    contact = content.contacts.get(id_)
    if contact is None:
        raise RefusedError(f"no contact {id_[:60]!a}: `appui contacts` lists them")
    return Draft(contact, content.organisations[contact.organisation])


def published_schedule(connection: Connection, id_: str) -> Schedule | None:
    """What readers are told today; None where nothing is."""
    for draft in load_drafts(connection, last_number(connection)) or ():
        if (draft.kind, draft.id) == ("contact", id_):
            return read_contact(Record(json.loads(draft.body), draft.id, [])).schedule
    return None


def confirm(connection: Connection, id_: str, day: date) -> date:
    """Mark a contact as confirmed that day; the day by which to do it again. Raises RefusedError."""
    draft = find(connection, id_)
    _refuse_closed(draft, day)
    if draft.contact.withdrawn:
        raise RefusedError(f"{id_} was withdrawn ({draft.contact.withdrawn}): import it anew with its number first")
    again = day + CONFIRMED_FOR
    _change(connection, id_, lambda body: body | {"confirmed_on": day.isoformat(), "confirm_by": again.isoformat()})
    return again


def set_schedule(connection: Connection, id_: str, written: Body, day: date) -> None:
    """Give a contact the schedule `written` in the contract's form. Raises RefusedError or ContentError."""
    _refuse_closed(find(connection, id_), day)
    # Hours said in words were there for want of a schedule: now there is one.
    _change(connection, id_, lambda body: body | {"schedule": written, "hours_text": None})


def close(connection: Connection, id_: str, first: date, last: date, reason: str | None, day: date) -> Closing:
    """Shut a contact from `first` to `last`. Raises RefusedError or ContentError."""
    if last < first:
        raise RefusedError(f"the last day ({last}) comes before the first ({first})")
    if first < day:
        raise RefusedError(f"{first} is past: the first day is today ({day}) or later")
    draft = find(connection, id_)
    _refuse_closed(draft, day)
    if draft.contact.schedule is None:
        raise RefusedError(f"{id_} has no schedule to close: give it one with `appui hours set {id_} FILE.json`")
    closing = close_days(draft.contact.schedule, first, last, reason)
    if closing.added:
        exceptions = schedule_json(closing.schedule)["exceptions"]
        _change(connection, id_, lambda body: body | {"schedule": body["schedule"] | {"exceptions": exceptions}})
    return closing


def _refuse_closed(draft: Draft, day: date) -> None:
    if status(draft.contact, draft.organisation, day) == "closed":
        others = ", ".join(draft.organisation.successors)
        raise RefusedError(
            f"{draft.contact.id} belongs to {draft.organisation.id}, closed since {draft.organisation.closed_on}; "
            f"it sends people to: {others}"
        )


def _change(connection: Connection, id_: str, change: Callable[[Body], Body]) -> None:
    """Keep all else as it was written, and check the whole before writing."""
    drafts = load_documents(connection)
    before = next(draft for draft in drafts if (draft.kind, draft.id) == ("contact", id_))
    after = Document("contact", id_, json.dumps(change(json.loads(before.body)), ensure_ascii=False))
    read_content([after if draft is before else draft for draft in drafts])
    write_document(connection, after, by_operator())

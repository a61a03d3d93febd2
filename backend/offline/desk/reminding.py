"""Who is reminded that hours are to be confirmed: once a day it is asked, once a week at most it is said again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Engine

from backend.clock import paris_day
from backend.notices.phones import who_wants_reminders
from backend.notices.reminders import last_reminded, remind
from backend.permanences.contact import Contact, read_contact
from backend.permanences.freshness import STALE_DAYS, TO_CONFIRM_DAYS, status
from backend.permanences.organisation import Organisation, read_organisation
from backend.records import Record
from backend.staff.people import list_people
from backend.staff.policy import Need, Person, allows
from backend.storage.documents import Document, load_documents
from backend.storage.engine import reading, writing

SOON_DAYS = 7
AGAIN_DAYS = 7
# Days after « confirm by » on which more is asked than the day before: soon to confirm, to confirm, stale, withdrawn.
STAGES = (1 - SOON_DAYS, 1, TO_CONFIRM_DAYS + 1, STALE_DAYS + 1)


class Directory(NamedTuple):
    """Who can be reached, and through whom: what a reminder can be about."""

    contacts: dict[str, Contact]
    organisations: dict[str, Organisation]


def asked_since(contact: Contact, organisation: Organisation, day: date) -> date | None:
    """Since when a contact asks to be confirmed as it does on `day`; None where it asks for nothing. Pure."""
    if status(contact, organisation, day) == "closed" or contact.withdrawn:
        return None
    late = (day - contact.confirm_by).days
    begun = [stage for stage in STAGES if stage <= late]
    if begun:
        return day - timedelta(late - begun[-1])
    return None if contact.confirmed_on else date.min  # never confirmed: since always


def read_directory(drafts: list[Document]) -> Directory:
    """Contacts and organisations alone: who sends notices need not hold what reads guides, 1.7 MB."""
    return Directory(
        {draft.id: read_contact(_record(draft)) for draft in drafts if draft.kind == "contact"},
        {draft.id: read_organisation(_record(draft)) for draft in drafts if draft.kind == "organisation"},
    )


def _record(draft: Document) -> Record:
    return Record(json.loads(draft.body), draft.id, [])


def is_due(person: Person, directory: Directory, last: date | None, day: date) -> bool:
    """Whether to remind that person on `day`; `last`: the day on which they were, None for never. Pure.

    Something asks more than when they were last told, or a week has passed. That a colleague has confirmed some of it
    meanwhile is no news to ring for.
    """
    since = [
        found
        for contact in directory.contacts.values()
        if allows(person, Need.EDIT, contact.organisation)
        and (found := asked_since(contact, directory.organisations[contact.organisation], day))
    ]
    if not since:
        return False
    return last is None or max(since) > last or (day - last).days >= AGAIN_DAYS


def who_is_due(people: list[Person], directory: Directory, told: Mapping[str, datetime], moment: datetime) -> list[str]:
    """Ids of those to remind; `told`: when each was last. Pure."""
    last = {id_: paris_day(when) for id_, when in told.items()}
    return [person.id for person in people if is_due(person, directory, last.get(person.id), paris_day(moment))]


def remind_staff(public_url: str, engine: Engine, moment: datetime) -> None:
    """Make the reminders of the day. Each delivery worker calls it, at every start too: the second finds them made."""
    with reading(engine).connect() as connection:
        wanting = who_wants_reminders(connection)
        if not wanting:
            return  # reading every draft would be for nothing
        people = [person for person in list_people(connection) if person.id in wanting]
        directory = read_directory(load_documents(connection))
    with writing(engine).begin() as connection:
        for person in who_is_due(people, directory, last_reminded(connection), moment):
            remind(connection, public_url, person, moment)

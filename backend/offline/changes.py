"""What two editions say differently of when contacts can be reached: what followers are told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime

from backend.clock import paris_day
from backend.notices.announce import Change
from backend.notices.message import News
from backend.offline.content import Content
from backend.permanences.compile import compile_schedule, contract_intervals
from backend.permanences.differences import unlike
from backend.permanences.freshness import status
from backend.permanences.public_json import living_schedule
from backend.permanences.schedule import Schedule

CLOSED_WORDS = "Ce contact ne répond plus."
WITHDRAWN_WORDS = "Nous ne montrons plus comment joindre ce contact."


def reach_changes(before: Content, after: Content, moment: datetime) -> list[Change]:
    """Contacts of the earlier edition that are reached at other times in the coming weeks."""
    day = paris_day(moment)
    return list(_changes(_living(before, day), _living(after, day), after, moment))


def _living(content: Content, day: date) -> dict[str, Schedule | None]:
    return {
        # Its hours are kept for the day it comes back; meanwhile nobody is to call.
        id_: None if contact.withdrawn else living_schedule(contact, content.organisations[contact.organisation], day)
        for id_, contact in content.contacts.items()
    }


def _changes(
    before: Mapping[str, Schedule | None],
    after: Mapping[str, Schedule | None],
    content: Content,
    moment: datetime,
) -> Iterator[Change]:
    day = paris_day(moment)
    for id_ in [*after, *(before.keys() - after.keys())]:
        old, new = before.get(id_), after.get(id_)
        # One that was not there has no followers; one without hours on either side promised nothing.
        if id_ not in before or old == new:
            continue
        if (minutes := unlike(old, new, day, int(moment.timestamp()) // 60)) is not None:
            begins, ends = (datetime.fromtimestamp(60 * minute, UTC) for minute in minutes)
            yield Change(_news(id_, new, content, day), max(begins, moment), ends)


def _news(id_: str, schedule: Schedule | None, after: Content, day: date) -> News:
    contact = after.contacts.get(id_)
    if contact is None or status(contact, after.organisations[contact.organisation], day) == "closed":
        return News(id_, CLOSED_WORDS, [], gone=True)
    if contact.withdrawn:
        return News(id_, WITHDRAWN_WORDS, [], gone=True)
    return News(id_, contact.hours_text, contract_intervals(compile_schedule(schedule, day)) if schedule else [])

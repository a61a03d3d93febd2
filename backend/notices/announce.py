"""Publishing makes notices: written with the edition, in one transaction, and sent later by whoever delivers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from backend.notices.message import TITLE, News, notice_text, topic_of
from backend.notices.quiet import is_urgent, leaves_at, matters_until
from backend.notices.tables import follows, lanes, notices, retries

WAITING, SENDING, DONE, REPLACED = "waiting", "sending", "done", "replaced"


@dataclass(frozen=True)
class Change:
    """A contact that can be reached at other times than before, between these two moments."""

    news: News
    begins: datetime
    ends: datetime


@dataclass(frozen=True)
class Announcement:
    """A notice, before or after it is made: `words` are all that a locked screen shows."""

    contact: str
    words: str
    total: int
    leaves: datetime


def preview(connection: Connection, changes: Sequence[Change], moment: datetime) -> list[Announcement]:
    """Who would be told, in which words, and when."""
    followers = count_followers(connection, [change.news.contact for change in changes])
    return [
        Announcement(
            change.news.contact, TITLE, followers.get(change.news.contact, 0), leaves_at(moment, change.begins)
        )
        for change in changes
    ]


def announce(
    connection: Connection, public_url: str, edition: int, changes: Sequence[Change], moment: datetime
) -> list[Announcement]:
    """Make the notices of an edition inside its transaction. Of an earlier one about the same contact, what has not
    left yet never will; a change that nobody follows makes none."""
    made = [(change, told) for change, told in zip(changes, preview(connection, changes, moment), strict=True)]
    for change, told in made:
        replace(connection, change.news.contact)
        if told.total:
            _write(connection, public_url, edition, change, told, moment)
    return [told for _, told in made if told.total]


def _write(
    connection: Connection, public_url: str, edition: int, change: Change, told: Announcement, moment: datetime
) -> None:
    id_ = str(uuid.uuid4())
    write_notice(
        connection,
        moment,
        id=id_,
        contact=change.news.contact,
        edition=edition,
        body=notice_text(public_url, id_, edition, change.news),
        urgency="high" if is_urgent(moment, change.begins) else "normal",
        not_before=int(told.leaves.timestamp()),
        until=int(matters_until(moment, change.ends).timestamp()),
        total=told.total,
    )


def write_notice(connection: Connection, moment: datetime, *, contact: str, **values: str | int) -> None:
    """A new notice, to leave as its columns say; push services keep one of a contact."""
    created = int(moment.timestamp())
    row = {"contact": contact, "topic": topic_of(contact), "created": created, "state": WAITING, **values}
    connection.execute(insert(notices).values(row))


def replace(connection: Connection, contact: str) -> None:
    """Stop what is still under way about a contact: its words are no longer true."""
    under_way = select(notices.c.id).where(notices.c.contact == contact, notices.c.state.in_((WAITING, SENDING)))
    ids = list(connection.execute(under_way).scalars())
    connection.execute(update(notices).where(notices.c.id.in_(ids)).values(state=REPLACED))
    connection.execute(update(lanes).where(lanes.c.notice.in_(ids)).values(done=True))
    connection.execute(delete(retries).where(retries.c.notice.in_(ids)))


def count_followers(connection: Connection, contacts: Sequence[str]) -> dict[str, int]:
    query = select(follows.c.contact, func.count()).where(follows.c.contact.in_(contacts)).group_by(follows.c.contact)
    return {row[0]: row[1] for row in connection.execute(query)}

"""Publishing makes notices: written with the edition, in one transaction, and sent later by whoever delivers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from backend.notices.message import TITLE, News, notice_text
from backend.notices.quiet import A_DAY, is_urgent, leaves_at, matters_until
from backend.notices.tables import follows, lanes, notices, retries

WAITING, SENDING, DONE, REPLACED = "waiting", "sending", "done", "replaced"
HIGH = "high"  # RFC 8030, 5.3


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
    return [told for _, told in _planned(connection, changes, moment)]


def _planned(connection: Connection, changes: Sequence[Change], moment: datetime) -> list[tuple[Change, Announcement]]:
    followers = count_followers(connection, [change.news.contact for change in changes])
    planned = []
    for change in (_with_what_is_left(connection, change, moment) for change in changes):
        contact, leaves = change.news.contact, leaves_at(moment, change.begins)
        planned.append((change, Announcement(contact, TITLE, followers.get(contact, 0), leaves)))
    return planned


def _with_what_is_left(connection: Connection, change: Change, moment: datetime) -> Change:
    """What a notice under way has still to say, to nobody knows whom, the newer says in its place: no later, and for
    as long."""
    since, urgent = int((moment - A_DAY).timestamp()), False
    ends = change.ends
    for row in connection.execute(select(notices).where(_under_way(change.news.contact))):
        urgent = urgent or (row.urgency == HIGH and row.created > since)
        ends = max(ends, datetime.fromtimestamp(row.until, UTC))
    return replace(change, begins=moment if urgent else change.begins, ends=ends)


def announce(
    connection: Connection, public_url: str, edition: int, changes: Sequence[Change], moment: datetime
) -> list[Announcement]:
    """Make the notices of an edition inside its transaction. Of an earlier one about the same contact, what has not
    left yet never will; a change that nobody follows makes none."""
    made = _planned(connection, changes, moment)
    for change, told in made:
        stop_under_way(connection, change.news.contact)
        if told.total:
            _write(connection, public_url, edition, change, told, moment)
    return [told for _, told in made if told.total]


def silence(connection: Connection, changes: Sequence[Change]) -> None:
    """Tell nobody of these changes, nor what they make untrue."""
    for change in changes:
        stop_under_way(connection, change.news.contact)


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
        urgency=HIGH if is_urgent(moment, change.begins) else "normal",
        not_before=int(told.leaves.timestamp()),
        until=int(matters_until(moment, change.ends).timestamp()),
        total=told.total,
    )


def write_notice(connection: Connection, moment: datetime, *, contact: str, **values: str | int) -> None:
    """A new notice, to leave as its columns say; push services keep one of a contact."""
    created = int(moment.timestamp())
    row = {"contact": contact, "created": created, "state": WAITING, **values}
    connection.execute(insert(notices).values(row))


def stop_under_way(connection: Connection, contact: str) -> None:
    """Of what was still to be told about a contact, nothing more leaves: its words are no longer true."""
    ids = list(connection.execute(select(notices.c.id).where(_under_way(contact))).scalars())
    connection.execute(update(notices).where(notices.c.id.in_(ids)).values(state=REPLACED))
    connection.execute(update(lanes).where(lanes.c.notice.in_(ids)).values(done=True))
    connection.execute(delete(retries).where(retries.c.notice.in_(ids)))


def _under_way(contact: str) -> ColumnElement[bool]:
    return (notices.c.contact == contact) & notices.c.state.in_((WAITING, SENDING))


def count_followers(connection: Connection, contacts: Sequence[str]) -> dict[str, int]:
    query = select(follows.c.contact, func.count()).where(follows.c.contact.in_(contacts)).group_by(follows.c.contact)
    return {row[0]: row[1] for row in connection.execute(query)}

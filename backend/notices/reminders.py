"""A reminder to somebody of the staff: one notice to their phones, by the way that all notices take."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, or_, select

from backend.notices.announce import SENDING, WAITING, count_followers, stop_under_way, write_notice
from backend.notices.message import reminder_text
from backend.notices.phones import followed_by
from backend.notices.quiet import A_DAY, leaves_at
from backend.notices.subscriptions import is_staff
from backend.notices.tables import STAFF, lanes, notices

# A computer switched off on Friday is on again after a long week-end.
LIFE = timedelta(days=4)
NO_EDITION = 0


def remind(connection: Connection, public_url: str, person: str, moment: datetime) -> bool:
    """Make it, to leave at once or in the morning; whether that person has a phone that wants it.

    What has not left yet of an earlier one never will.
    """
    contact, id_ = followed_by(person), str(uuid.uuid4())
    total = count_followers(connection, [contact]).get(contact, 0)
    if not total:
        return False
    stop_under_way(connection, contact)
    leaves = leaves_at(moment, moment + 2 * A_DAY)
    write_notice(
        connection,
        moment,
        id=id_,
        contact=contact,
        edition=NO_EDITION,
        body=reminder_text(public_url, id_),
        urgency="normal",
        not_before=int(leaves.timestamp()),
        until=int((leaves + LIFE).timestamp()),
        total=total,
    )
    return True


def last_reminded(connection: Connection) -> dict[str, datetime]:
    """By person: when the newest reminder was made, of those that reached a phone or still may."""
    reached = select(lanes.c.notice).where(lanes.c.delivered > 0)
    query = (
        select(notices.c.contact, func.max(notices.c.created))
        .where(is_staff(notices.c.contact))
        .where(or_(notices.c.state.in_((WAITING, SENDING)), notices.c.id.in_(reached)))
        .group_by(notices.c.contact)
    )
    return {row[0].removeprefix(STAFF): datetime.fromtimestamp(row[1], UTC) for row in connection.execute(query)}

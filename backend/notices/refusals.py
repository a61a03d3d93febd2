"""Refusals that turned out to be our fault.

One refusal is counted, and its message given up. When two more follow without a success between them, the fault lies
with all that we send there: those counted before wait with the others, whatever notice they belong to.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select, update

from backend.notices import ledger, retrying
from backend.notices.announce import DONE, SENDING
from backend.notices.outcomes import Outcome
from backend.notices.service_state import Refusal, ServiceState
from backend.notices.tables import notices


def doubt(connection: Connection, origin: str, state: ServiceState, refused: Sequence[Refusal], moment: int) -> None:
    """Write down that those just counted as refused may have been our fault; and, if they were, have them wait."""
    wait_again(connection, origin, state.doubt(refused), moment)


def wait_again(connection: Connection, origin: str, refusals: Sequence[Refusal], moment: int) -> None:
    """Have them tried again, where their notice still matters and no newer one has taken its place."""
    for refusal in refusals:
        if not _matters(connection, refusal.notice, moment):
            continue
        row = (refusal.subscription, refusal.lane, moment, refusal.attempts)
        if retrying.put_again(connection, refusal.notice, origin, [row]):
            moved = {Outcome.REFUSED.value: -1, Outcome.LATER.value: 1}
            ledger.count(connection, refusal.notice, refusal.lane, moved, None)
            done = (notices.c.id == refusal.notice) & (notices.c.state == DONE)
            connection.execute(update(notices).where(done).values(state=SENDING))


def _matters(connection: Connection, notice: str, moment: int) -> bool:
    """One that was done when a newer one was made is not marked as replaced: its words are no longer true either."""
    newer = notices.alias()
    told_since = (newer.c.contact == notices.c.contact) & (
        (newer.c.edition > notices.c.edition) | (newer.c.created > notices.c.created)
    )
    query = select(notices.c.id).where(
        notices.c.id == notice,
        notices.c.state.in_((SENDING, DONE)),
        notices.c.until > moment,
        ~select(newer.c.id).where(told_since).exists(),
    )
    # Held to the end of this transaction: a newer one waits for it, and then stops what is put back.
    return connection.execute(query.with_for_update(read=True)).first() is not None

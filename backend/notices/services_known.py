"""What is known of each push service, shared by all workers: whether it rests, whether it was stopped, and why."""

from __future__ import annotations

from sqlalchemy import Connection, Select, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from backend.notices.outcomes import FAULTS_THAT_REST
from backend.notices.service_state import ServiceState
from backend.notices.tables import push_services, subscriptions

_STOPPED = push_services.c.stopped.is_not(None)


def stopped() -> Select[tuple[str]]:
    return select(push_services.c.origin).where(_STOPPED)


def unavailable(moment: int) -> Select[tuple[str]]:
    """Where nobody new is sent to."""
    return select(push_services.c.origin).where((push_services.c.rest_until > moment) | _STOPPED)


def closed_to_retries(moment: int) -> Select[tuple[str]]:
    """Where nothing at all is sent. A rest after faults of the network is our own idea: those who wait are tried all
    the same, at the times they were promised, and the first that gets through ends it."""
    asked = (push_services.c.rest_until > moment) & (push_services.c.faults < FAULTS_THAT_REST)
    return select(push_services.c.origin).where(asked | _STOPPED)


def is_among(connection: Connection, origin: str, origins: Select[tuple[str]]) -> bool:
    query = select(push_services.c.origin).where(push_services.c.origin == origin)
    return connection.execute(query.where(push_services.c.origin.in_(origins))).first() is not None


def know(connection: Connection, origin: str) -> None:
    """Make the row of a push service, once."""
    if connection.execute(select(push_services.c.origin).where(push_services.c.origin == origin)).first():
        return
    try:
        with connection.begin_nested():
            connection.execute(insert(push_services).values(origin=origin, refusals=0, faults=0, rest_until=0))
    except IntegrityError:
        return  # another worker has just met it too


def note(connection: Connection, origin: str, state: ServiceState) -> int:
    """Written when something is wrong, and once more when all is well again. Once that is committed, the state is told
    to `keep` what this returns: until then another thread must not take the service for well."""
    now = state.standing()
    troubled = bool(now.refusals or now.refuses_echoes or now.faults or now.rest_until or now.stopped)
    if not troubled and not now.noted:
        return now.learnt
    # A stranger can invent hosts: of those that fail once, nothing is kept.
    if now.rest_until or now.stopped or now.refuses_echoes:
        know(connection, origin)
    note_service(
        connection,
        origin,
        refusals=now.refusals,
        faults=now.faults,
        rest_until=now.rest_until,
        stopped=now.stopped,
        reason=now.reason if now.stopped or now.refuses_echoes else None,
    )
    state.noted = troubled
    return now.learnt


def note_service(
    connection: Connection,
    origin: str,
    *,
    refusals: int,
    faults: int,
    rest_until: int,
    stopped: int | None,
    reason: str | None,
) -> None:
    """`reason`: of the stop, or of what is refused to who subscribes. That of an earlier stop stays with it."""
    values: dict[str, object] = {"refusals": refusals, "faults": faults}
    if rest_until:
        values["rest_until"] = rest_until
    elif not faults:  # the network is back; what a service asked for itself stays
        tired = push_services.c.faults >= FAULTS_THAT_REST
        values["rest_until"] = case((tired, 0), else_=push_services.c.rest_until)
    if stopped is not None:
        values |= {"stopped": stopped, "reason": reason}
    else:
        values["reason"] = case((_STOPPED, push_services.c.reason), else_=reason)
    connection.execute(update(push_services).where(push_services.c.origin == origin).values(values))


def forget_quiet(connection: Connection, moment: int) -> None:
    """Those that nobody subscribed at and that nothing holds: what strangers' questions have left."""
    query = delete(push_services).where(push_services.c.stopped.is_(None), push_services.c.rest_until <= moment)
    connection.execute(query.where(push_services.c.origin.not_in(select(subscriptions.c.origin))))


def resume_service(connection: Connection, origin: str) -> bool:
    """Send to it again: its fault was ours, and is mended. Whether it had been stopped."""
    query = update(push_services).where(push_services.c.origin == origin, push_services.c.stopped.is_not(None))
    values = {"stopped": None, "reason": None, "refusals": 0, "faults": 0, "rest_until": 0}
    return connection.execute(query.values(values)).rowcount > 0

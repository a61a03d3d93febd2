"""What `appui doctor` says of subscriptions: how many, and whether the keys they depend on are there."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, func, select

from backend.files import KeyMissingError
from backend.notices.keys import key_faults, keys_in_use
from backend.notices.phones import phones_by_service
from backend.notices.progress import services
from backend.notices.tables import subscriptions
from backend.notices.vapid import contact_of, load_vapid
from backend.settings import Settings


def notice_faults(connection: Connection, settings: Settings) -> list[str]:
    """What stops, or will stop, the sending of notices."""
    stopped = [
        f"sending to {line.origin} stopped: it {line.reason}; once mended: `appui push-services resume {line.origin}`"
        for line in services(connection)
        if line.stopped is not None
    ]
    unproven = [
        f"{line.origin} {line.reason}: nobody can follow there; see APPUI_CONTACT and `appui push-key list`"
        for line in services(connection)
        if line.stopped is None and line.reason
    ]
    return [*stopped, *unproven, *(key_faults(connection, settings) if count_subscriptions(connection) else ())]


def notice_lines(connection: Connection, settings: Settings) -> Iterator[str]:
    count = count_subscriptions(connection)
    staff = phones_by_service(connection).total()
    yield f"{count - staff} subscriptions"
    if staff:
        yield f"{staff} phones of the staff want reminders"
    if count and not settings.contact:
        contact = contact_of(settings)
        instead = f"push services are given {contact}" if contact else "some push services (Apple's) refuse messages"
        yield f"APPUI_CONTACT is not set: {instead}"
    try:
        keys = load_vapid(settings).ids
    except KeyMissingError:
        return
    used = set(keys_in_use(connection))
    for id_ in keys[:-1]:
        use = "still signs for older subscriptions" if id_ in used else f"serves nobody: `appui push-key forget {id_}`"
        yield f"push key {id_} {use}"


def count_subscriptions(connection: Connection) -> int:
    return connection.execute(select(func.count()).select_from(subscriptions)).scalar_one()

"""/equipe/: what one comes for, on the first page: one's contacts, what waits, and how the whole is doing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from litestar import Response
from sqlalchemy import Connection, func, select

from backend.clock import paris_day
from backend.notices.phones import phones_by_service
from backend.notices.subscriptions import is_staff
from backend.notices.tables import notices, push_services, subscriptions
from backend.offline import editions as stored
from backend.offline.approvals import by_newcomers
from backend.offline.changes_waiting import changes
from backend.offline.desk.change_words import KINDS
from backend.offline.desk.deciding import may
from backend.offline.desk.lines import groups, is_due_soon
from backend.offline.desk.pages import OrganisationGroup
from backend.offline.desk.reading import Desk, read_desk
from backend.offline.desk.room import Asked, Room
from backend.offline.manifest import parse_signed
from backend.permanences.freshness import status
from backend.staff.policy import Need, Person, allows
from backend.staff.sessions import Session
from backend.storage.backup import last_backup
from backend.storage.engine import reading
from backend.words import NBSP, day_words, moment_words

PAGE = "equipe/tableau.html"
# In the order of what to do about them.
FRESHNESS = (
    ("stale", "non confirmé", "non confirmés"),
    ("to_confirm", "à vérifier", "à vérifier"),
    ("confirmed", "confirmé", "confirmés"),
    ("withdrawn", "retiré", "retirés"),
    ("closed", "d’un organisme fermé", "d’organismes fermés"),
)
RECENT = timedelta(30)
LONG_AGO = timedelta(7)


@dataclass(frozen=True)
class Figure:
    """One line of the administrator's board; `late` asks for something."""

    name: str
    words: str
    late: bool = False


@dataclass(frozen=True)
class BoardPage:
    groups: tuple[OrganisationGroup, ...]
    late_only: bool  # not all contacts, only those to look at
    ready: int
    to_review: int
    reviews: tuple[tuple[str, str], ...]  # guides to read again: address, title; for who writes them
    figures: tuple[Figure, ...]  # empty for who does not administer


def board(room: Room) -> Callable[[Asked, Session], Response[Any]]:
    """What the staff's door shows, at /equipe/, to who is signed in."""

    def show(request: Asked, session: Session) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = board_page(room, connection, session.person)
        return room.show(request, PAGE, page, 200)

    return show


def board_page(room: Room, connection: Connection, person: Person) -> BoardPage:
    moment, desk = room.now(), read_desk(connection)
    administers = allows(person, Need.ADMINISTER)
    found = changes(connection)
    mine = [each for each in desk.content.organisations.values() if allows(person, Need.EDIT, each.id)]
    listed = groups(desk, mine, moment)
    return BoardPage(
        groups=_late(listed) if administers else listed,
        late_only=administers,
        ready=sum(not change.waits and may(person, Need.EDIT, change) for change in found),
        to_review=sum(
            change.waits and may(person, Need.APPROVE, change) and person.id not in change.authors for change in found
        ),
        reviews=_reviews(desk, paris_day(moment)) if administers else (),
        figures=(*_figures(desk, connection, moment),) if administers else (),
    )


def _late(listed: tuple[OrganisationGroup, ...]) -> tuple[OrganisationGroup, ...]:
    """Of a whole territory, what asks for a call."""
    kept = [
        OrganisationGroup(group.id, group.name, group.closed, tuple(line for line in group.contacts if line.late))
        for group in listed
    ]
    return tuple(group for group in kept if group.contacts)


def _reviews(desk: Desk, day: date) -> tuple[tuple[str, str], ...]:
    due = [guide for guide in desk.content.guides.values() if is_due_soon(guide.review_by, day)]
    due.sort(key=lambda guide: guide.review_by)
    return tuple(
        (f"/equipe/guides/{guide.slug}/", f"{guide.title}, avant le {day_words(guide.review_by)}") for guide in due
    )


def _figures(desk: Desk, connection: Connection, moment: datetime) -> list[Figure]:
    return [
        _freshness(desk, paris_day(moment)),
        _edition(connection, moment),
        *_newcomers(connection, moment),
        *_notices(connection, moment),
        _backup(connection, moment),
    ]


def _freshness(desk: Desk, day: date) -> Figure:
    content = desk.content
    counted = Counter(
        status(found, content.organisations[found.organisation], day) for found in content.contacts.values()
    )
    words = ", ".join(
        f"{counted[state]}{NBSP}{one if counted[state] == 1 else several}"
        for state, one, several in FRESHNESS
        if counted[state]
    )
    return Figure("Contacts", words, bool(counted["stale"]))


def _edition(connection: Connection, moment: datetime) -> Figure:
    edition = stored.load_edition(connection, stored.last_number(connection))
    if edition is None:
        return Figure("Édition", "aucune", late=True)
    manifest = parse_signed(edition.signed)
    expires = datetime.fromisoformat(manifest.expires)
    issued = moment_words(int(datetime.fromisoformat(manifest.issued).timestamp()))
    words = f"n°{NBSP}{edition.number}, du {issued} ; à renouveler avant le {day_words(paris_day(expires))}"
    return Figure("Édition", words, expires - moment < timedelta(weeks=2))


def _newcomers(connection: Connection, moment: datetime) -> list[Figure]:
    """Two people may be one: who administers is told, and can call."""
    keys = sorted({tuple(subject.split("/", 1)) for subject in by_newcomers(connection, moment - RECENT)})
    found = ", ".join(f"{KINDS.get(kind, kind)} {id_}" for kind, id_ in keys)
    words = f"{found} : le journal dit par qui"
    return (
        [Figure("Relu par quelqu’un à qui l’auteur venait de donner un accès, ou l’inverse", words, late=True)]
        if found
        else []
    )


def _notices(connection: Connection, moment: datetime) -> list[Figure]:
    since = int((moment - RECENT).timestamp())
    sent, people = connection.execute(
        select(func.count(), func.coalesce(func.sum(notices.c.total), 0)).where(
            notices.c.created >= since, ~is_staff(notices.c.contact)
        )
    ).one()
    by_service = connection.execute(
        select(subscriptions.c.origin, func.count()).group_by(subscriptions.c.origin).order_by(func.count().desc())
    ).all()
    stopped = connection.execute(select(push_services).where(push_services.c.stopped.is_not(None))).all()
    staff = phones_by_service(connection)
    readers = [(origin, count - staff[origin]) for origin, count in by_service if count > staff[origin]]
    followed = ", ".join(f"{count} par {_host(origin)}" for origin, count in readers) or "aucun"
    refused = ", ".join(f"{_host(row.origin)} ({row.reason or 'refus'})" for row in stopped) or "aucun"
    return [
        Figure("Avis des 30 derniers jours", f"{sent}, pour {int(people)} envois"),
        Figure("Abonnements", followed),
        Figure("Appareils de l’équipe à qui rappeler les horaires", str(staff.total() or "aucun")),
        Figure("Services d’envoi arrêtés", refused, bool(stopped)),
    ]


def _host(origin: str) -> str:
    return origin.split("://")[-1]


def _backup(connection: Connection, moment: datetime) -> Figure:
    last = last_backup(connection)
    if last is None:
        return Figure("Sauvegarde", "aucune pour le moment", late=True)
    return Figure("Sauvegarde", moment_words(int(last.timestamp())), moment - last > LONG_AGO)

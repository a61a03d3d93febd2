"""/equipe/editions/: each edition, what it changed, how its notices leave; undoing the last, coming back to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.offline import editions as stored
from backend.offline.changes_waiting import Change, compare
from backend.offline.choosing import go_back, step_back
from backend.offline.desk.deciding import mark, may, names, titles
from backend.offline.desk.progress import progress_view
from backend.offline.desk.publishing_pages import EditionLine, EditionPage, EditionsPage, ReturnPage, ToldChange
from backend.offline.desk.room import Asked, Room, go
from backend.offline.desk.told import told_change
from backend.offline.publish import record_and_publish
from backend.offline.selection import Selection, as_they_are
from backend.offline.signing import load_key
from backend.staff.given import Form, Here, Me, Number
from backend.staff.policy import Need, Person, allows
from backend.staff.refusals import NotFresh
from backend.storage.engine import reading, writing
from backend.storage.revisions import Writing
from backend.web.threads import in_thread
from backend.words import moment_words

LIST, PAGE, PROGRESS, CONFIRM = (
    "equipe/editions.html",
    "equipe/edition.html",
    "equipe/progression.html",
    "equipe/revenir.html",
)
EDIT, ADMINISTER = {"need": Need.EDIT}, {"need": Need.ADMINISTER}
# What was live a day ago may come back at once, numbers included; what is older may be dead by now.
UNDO_WITHIN = timedelta(hours=24)
DONE = {
    "publie": "C’est publié. Les lecteurs le voient dans quelques secondes.",
    "annule": "La dernière publication est annulée. Les lecteurs voient de nouveau ce qu’ils voyaient avant.",
    "plus": "Cette publication n’est plus la dernière : elle est déjà annulée, ou une autre l’a suivie.",
    "revenu": "C’est fait. Ce qui se vérifie à deux attend une autre personne.",
}
CHANGED = "Quelque chose a été publié ou modifié pendant que vous lisiez. Voici ce qui changerait maintenant."


def edition_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/editions/", opt=EDIT)
    @in_thread
    def editions(request: Asked) -> Response[Any]:
        with room.engine.connect() as connection:
            lines = tuple(_line(found) for found in stored.list_editions(connection))
        return room.show(request, LIST, EditionsPage(lines), 200)

    @get("/equipe/editions/{number:int}/", opt=EDIT)
    @in_thread
    def edition(request: Asked, person: Me, number: Number, fait: FromQuery[str] = "") -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = _edition_page(room, connection, person, number)
        review = "/equipe/relire/" if fait == "revenu" else None
        return room.show(request, PAGE, replace(page, done=DONE.get(fait), review=review), 200)

    @get("/equipe/editions/{number:int}/avis/", opt=EDIT)
    @in_thread
    def progress(request: Asked, number: Number) -> Response[Any]:
        """The part of the page that htmx asks for again while notices leave; a page of its own without script."""
        with room.engine.connect() as connection:
            _known(connection, number)
            return room.show(request, PROGRESS, progress_view(connection, number), 200)

    return [editions, edition, progress, *_undo_routes(room), *_return_routes(room)]


def _undo_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/editions/{number:int}/annuler/", opt=EDIT)
    @in_thread
    def ask(request: Asked, person: Me, session: Here, number: Number) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            if _is_followed(connection, number):
                return go(request, f"/equipe/editions/{number}/?fait=plus")
            page = _undo_page(room, connection, person, number)
            if _risky(connection, number) and not session.fresh(room.now()):
                raise NotFresh
        return room.show(request, CONFIRM, page, 200)

    @post("/equipe/editions/{number:int}/annuler/", opt=EDIT)
    @in_thread
    def undo(request: Asked, person: Me, session: Here, posted: Form, number: Number) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            if _is_followed(connection, number):
                return go(request, f"/equipe/editions/{number}/?fait=plus")
            page = _undo_page(room, connection, person, number)
            if _risky(connection, number) and not session.fresh(room.now()):
                return go(request, page.action)  # where the passkey is asked for
            if posted.get("vu") != page.mark:
                return room.show(request, CONFIRM, replace(page, fault=CHANGED), 409)
            by = Writing(person.id, room.now())
            earlier = as_they_are(go_back(connection, stored.number_before(connection, number), by))
            new = _publish(room, connection, by, "undo", f"édition {number} annulée", earlier, {"undone": number})
        return go(request, f"/equipe/editions/{new}/?fait=annule")

    return [ask, undo]


def _return_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/editions/{number:int}/revenir/", opt=ADMINISTER | {"fresh": True})
    @in_thread
    def ask_return(request: Asked, person: Me, number: Number) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            return room.show(request, CONFIRM, _return_page(room, connection, person, number), 200)

    @post("/equipe/editions/{number:int}/revenir/", opt=ADMINISTER)
    @in_thread
    def come_back(request: Asked, person: Me, session: Here, posted: Form, number: Number) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            page = _return_page(room, connection, person, number)
            if not session.fresh(room.now()):
                return go(request, page.action)  # where the passkey is asked for
            if posted.get("vu") != page.mark:
                return room.show(request, CONFIRM, replace(page, fault=CHANGED), 409)
            by = Writing(person.id, room.now())
            earlier = step_back(connection, number, by)
            new = _publish(room, connection, by, "return", f"retour à l’édition {number}", earlier, {"to": number})
        return go(request, f"/equipe/editions/{new}/?fait=revenu")

    return [ask_return, come_back]


def _publish(
    room: Room,
    connection: Connection,
    by: Writing,
    action: str,
    message: str,
    selection: Selection,
    details: dict[str, object],
) -> int:
    settings = room.settings
    key = load_key(settings.keys_dir)
    return record_and_publish(
        connection, key, settings.exit_url, by, action, message, selection, details, settings.public_url
    ).number


def _risky(connection: Connection, number: int) -> bool:
    """Whether undoing this edition brings back a number, a name, an address or what was taken away."""
    return any(change.risks for change in _between(connection, stored.number_before(connection, number), number))


def _line(found: stored.EditionLine) -> EditionLine:
    seconds = int(datetime.fromisoformat(found.issued).timestamp())
    return EditionLine(found.number, f"/equipe/editions/{found.number}/", moment_words(seconds), found.message)


def _known(connection: Connection, number: int) -> stored.EditionLine:
    for found in stored.list_editions(connection):
        if found.number == number:
            return found
    raise NotFoundException


def _is_followed(connection: Connection, number: int) -> bool:
    """Whether another edition came after it: a second press of the button finds it so."""
    return _known(connection, number).number != stored.last_number(connection)


def _between(connection: Connection, before: int, after: int) -> list[Change]:
    return compare(
        connection, stored.load_drafts(connection, before) or [], stored.load_drafts(connection, after) or []
    )


def _told(room: Room, connection: Connection, person: Person, changes: list[Change]) -> tuple[ToldChange, ...]:
    """Without whom: between two editions there may have been several."""
    people, called, day = names(connection), titles(connection), paris_day(room.now())
    return tuple(replace(told_change(change, people, called, day, person), written="") for change in changes)


def _edition_page(room: Room, connection: Connection, person: Person, number: int) -> EditionPage:
    line = _line(_known(connection, number))
    before = stored.number_before(connection, number)
    changes = _between(connection, before, number)
    last = number == stored.last_number(connection)
    return EditionPage(
        edition=line,
        # Of the first, everything is new: nothing to compare it with.
        changes=_told(room, connection, person, changes) if before else (),
        progress=progress_view(connection, number),
        undo=f"{line.href}annuler/" if last and _may_undo(room, connection, person, number) else None,
        back=f"{line.href}revenir/" if not last and allows(person, Need.ADMINISTER) else None,
    )


def _may_undo(room: Room, connection: Connection, person: Person, number: int) -> bool:
    """The last edition, for a day, by who could have published all of it."""
    found, before = _known(connection, number), stored.number_before(connection, number)
    if number != stored.last_number(connection) or not before:
        return False
    if room.now() - datetime.fromisoformat(found.issued) > UNDO_WITHIN:
        return False
    changes = _between(connection, before, number)
    return all(
        may(person, Need.EDIT, change) and (not change.risks or may(person, Need.APPROVE, change)) for change in changes
    )


def _undo_page(room: Room, connection: Connection, person: Person, number: int) -> ReturnPage:
    line = _line(_known(connection, number))
    if not _may_undo(room, connection, person, number):
        raise NotFoundException
    changes = _between(connection, number, stored.number_before(connection, number))
    told = _told(room, connection, person, changes)
    return ReturnPage("Annuler cette publication", f"{line.href}annuler/", line, told, (), mark(changes))


def _return_page(room: Room, connection: Connection, person: Person, number: int) -> ReturnPage:
    line = _line(_known(connection, number))
    last = stored.last_number(connection)
    if number == last or not allows(person, Need.ADMINISTER):
        raise NotFoundException
    changes = _between(connection, last, number)
    going = [change for change in changes if not change.risks]
    held = [change for change in changes if change.risks]
    title = f"Revenir à l’édition {number}"
    told, waiting = (_told(room, connection, person, found) for found in (going, held))
    return ReturnPage(title, f"{line.href}revenir/", line, told, waiting, mark(changes))

"""/equipe/editions/: each edition, what it changed, how its notices leave; undoing the last, coming back to one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.offline import editions as stored
from backend.offline.changes_waiting import Change, compare
from backend.offline.choosing import go_back, step_back
from backend.offline.desk.change_words import moment_words
from backend.offline.desk.press import ADMINISTER, APPROVE, PUBLISH, Press, mark
from backend.offline.desk.progress import progress_view
from backend.offline.desk.publishing_pages import EditionLine, EditionPage, EditionsPage, ReturnPage, ToldChange
from backend.offline.desk.room import Asked, Editor, Posted, go
from backend.offline.desk.told import told_change
from backend.offline.publish import publish_in
from backend.offline.signing import load_key
from backend.storage.documents import Document
from backend.storage.engine import reading, writing
from backend.storage.revisions import Writing
from backend.web.threads import in_thread

LIST, PAGE, PROGRESS, CONFIRM = (
    "equipe/editions.html",
    "equipe/edition.html",
    "equipe/progression.html",
    "equipe/revenir.html",
)
# What was live a day ago may come back at once, numbers included; what is older may be dead by now.
UNDO_WITHIN = timedelta(hours=24)
DONE = {
    "publie": "C’est publié. Les lecteurs le voient dans quelques secondes.",
    "annule": "La dernière publication est annulée. Les lecteurs voient de nouveau ce qu’ils voyaient avant.",
    "revenu": "C’est fait. Ce qui se vérifie à deux attend une autre personne : voyez « À relire ».",
}
CHANGED = "Quelque chose a été publié ou modifié pendant que vous lisiez. Voici ce qui changerait maintenant."


def edition_routes(press: Press) -> list[ControllerRouterHandler]:
    room = press.room

    @get("/equipe/editions/")
    @in_thread
    def editions(request: Asked) -> Response[Any]:
        with room.engine.connect() as connection:
            lines = tuple(_line(found) for found in stored.list_editions(connection))
        return room.show(request, LIST, EditionsPage(lines), 200)

    @get("/equipe/editions/{number:int}/")
    @in_thread
    def edition(request: Asked, person: Editor, number: int, fait: str | None = None) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = _edition_page(press, connection, person, number)
        return room.show(request, PAGE, replace(page, done=DONE.get(fait or "")), 200)

    @get("/equipe/editions/{number:int}/avis/")
    @in_thread
    def progress(request: Asked, number: int) -> Response[Any]:
        """The part of the page that htmx asks for again while notices leave; a page of its own without script."""
        with room.engine.connect() as connection:
            return room.show(request, PROGRESS, progress_view(connection, number), 200)

    return [editions, edition, progress, *_undo_routes(press), *_return_routes(press)]


def _undo_routes(press: Press) -> list[ControllerRouterHandler]:
    room = press.room

    @get("/equipe/editions/{number:int}/annuler/")
    @in_thread
    def ask(request: Asked, person: Editor, number: int) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            return room.show(request, CONFIRM, _undo_page(press, connection, person, number), 200)

    @post("/equipe/editions/{number:int}/annuler/")
    @in_thread
    def undo(request: Asked, person: Editor, posted: Posted, number: int) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            page = _undo_page(press, connection, person, number)
            before = stored.number_before(connection, number)
            if any(change.risks for change in _between(connection, before, number)) and not press.fresh(
                person, room.now()
            ):
                return press.ask_passkey(request, page.action)
            if posted.get("vu") != page.mark:
                return room.show(request, CONFIRM, replace(page, fault=CHANGED), 409)
            documents = go_back(connection, before, Writing(person.id, room.now()))
            new = _publish(press, connection, documents, f"édition {number} annulée")
            press.record(connection, person.id, "undo", f"edition {number}", {"edition": new}, room.now())
        return go(request, f"/equipe/editions/{new}/?fait=annule")

    return [ask, undo]


def _return_routes(press: Press) -> list[ControllerRouterHandler]:
    room = press.room

    @get("/equipe/editions/{number:int}/revenir/")
    @in_thread
    def ask_return(request: Asked, person: Editor, number: int) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            return room.show(request, CONFIRM, _return_page(press, connection, person, number), 200)

    @post("/equipe/editions/{number:int}/revenir/")
    @in_thread
    def come_back(request: Asked, person: Editor, posted: Posted, number: int) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            page = _return_page(press, connection, person, number)
            if not press.fresh(person, room.now()):
                return press.ask_passkey(request, page.action)
            if posted.get("vu") != page.mark:
                return room.show(request, CONFIRM, replace(page, fault=CHANGED), 409)
            selection = step_back(connection, number, Writing(person.id, room.now()))
            new = _publish(press, connection, selection.documents, f"retour à l’édition {number}")
            press.record(connection, person.id, "return", f"edition {number}", {"edition": new}, room.now())
        return go(request, f"/equipe/editions/{new}/?fait=revenu")

    return [ask_return, come_back]


def _publish(press: Press, connection: Connection, documents: list[Document], message: str) -> int:
    settings = press.room.settings
    key = load_key(settings.keys_dir)
    return publish_in(connection, key, settings.exit_url, press.room.now(), message, documents)


def _line(found: stored.EditionLine) -> EditionLine:
    seconds = int(datetime.fromisoformat(found.issued).timestamp())
    return EditionLine(found.number, f"/equipe/editions/{found.number}/", moment_words(seconds), found.message)


def _known(connection: Connection, number: int) -> stored.EditionLine:
    for found in stored.list_editions(connection):
        if found.number == number:
            return found
    raise NotFoundException


def _between(connection: Connection, before: int, after: int) -> list[Change]:
    return compare(
        connection, stored.load_drafts(connection, before) or [], stored.load_drafts(connection, after) or []
    )


def _told(press: Press, connection: Connection, changes: list[Change], with_whom: bool) -> tuple[ToldChange, ...]:
    names = press.called(connection, {change.writer for change in changes})
    told = [told_change(change, names, paris_day(press.room.now())) for change in changes]
    return tuple(told if with_whom else (replace(change, written="") for change in told))


def _edition_page(press: Press, connection: Connection, person: Editor, number: int) -> EditionPage:
    line = _line(_known(connection, number))
    before = stored.number_before(connection, number)
    changes = _between(connection, before, number)
    last = number == stored.last_number(connection)
    return EditionPage(
        edition=line,
        # Of the first, everything is new: nothing to compare it with.
        changes=_told(press, connection, changes, with_whom=False) if before else (),
        progress=progress_view(connection, number),
        undo=f"{line.href}annuler/" if last and _may_undo(press, connection, person, number) else None,
        back=f"{line.href}revenir/" if not last and press.allows(person, ADMINISTER, None) else None,
    )


def _may_undo(press: Press, connection: Connection, person: Editor, number: int) -> bool:
    """The last edition, for a day, by who could have published all of it."""
    found, before = _known(connection, number), stored.number_before(connection, number)
    if number != stored.last_number(connection) or not before:
        return False
    if press.room.now() - datetime.fromisoformat(found.issued) > UNDO_WITHIN:
        return False
    changes = _between(connection, before, number)
    return all(press.may(person, APPROVE if change.risks else PUBLISH, change) for change in changes)


def _undo_page(press: Press, connection: Connection, person: Editor, number: int) -> ReturnPage:
    line = _line(_known(connection, number))
    if not _may_undo(press, connection, person, number):
        raise NotFoundException
    changes = _between(connection, number, stored.number_before(connection, number))
    told = _told(press, connection, changes, with_whom=False)
    return ReturnPage("Annuler cette publication", f"{line.href}annuler/", line, told, (), mark(changes))


def _return_page(press: Press, connection: Connection, person: Editor, number: int) -> ReturnPage:
    line = _line(_known(connection, number))
    last = stored.last_number(connection)
    if number == last or not press.allows(person, ADMINISTER, None):
        raise NotFoundException
    changes = _between(connection, last, number)
    going = [change for change in changes if not change.risks]
    held = [change for change in changes if change.risks]
    title = f"Revenir à l’édition {number}"
    told, waiting = (_told(press, connection, found, with_whom=False) for found in (going, held))
    return ReturnPage(title, f"{line.href}revenir/", line, told, waiting, mark(changes))

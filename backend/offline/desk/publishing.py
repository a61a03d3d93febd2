"""/equipe/publier/: what changes for readers, who is told, then the edition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.notices.announce import preview
from backend.offline.changes import reach_changes
from backend.offline.changes_waiting import Change, changes, published_documents
from backend.offline.choosing import chosen
from backend.offline.content import read_content
from backend.offline.desk.change_words import moment_words
from backend.offline.desk.press import PUBLISH, Press, mark
from backend.offline.desk.publishing_pages import PublishingPage, ToldNotice
from backend.offline.desk.room import Asked, Editor, Posted, go
from backend.offline.desk.told import box, sorted_out
from backend.offline.publish import publish_in
from backend.offline.signing import load_key
from backend.storage.engine import reading, writing
from backend.storage.revisions import Key
from backend.web.threads import in_thread
from backend.words import NBSP

PAGE = "equipe/publier.html"
LONGEST_MESSAGE = 200
CHANGED = "Quelqu’un a modifié un brouillon pendant que vous lisiez. Voici ce qui partirait maintenant."
NOTHING = "Choisissez au moins un changement."


def publishing_routes(press: Press) -> list[ControllerRouterHandler]:
    room = press.room

    @get("/equipe/publier/")
    @in_thread
    def publier(request: Asked, person: Editor) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = publishing_page(press, connection, person)
        return room.show(request, PAGE, page, 200)

    @post("/equipe/publier/")
    @in_thread
    def publish(request: Asked, person: Editor, posted: Posted) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            mine, _ = own_changes(press, connection, person)
            keys = {change.key for change in mine if box(change.key) in posted}
            faults = _faults(posted, mark(mine), keys)
            if not faults:
                number = _publish(press, connection, person, posted, keys)
                return go(request, f"/equipe/editions/{number}/?fait=publie")
            page = publishing_page(press, connection, person)
        page = replace(page, faults=faults, message=posted.get("message", ""), silent="silence" in posted)
        return room.show(request, PAGE, page, 409 if "" in faults else 422)

    return [publier, publish]


def own_changes(press: Press, connection: Connection, person: Editor) -> tuple[list[Change], int]:
    """The changes this person may publish, and how many are others'."""
    found = changes(connection)
    mine = [change for change in found if press.may(person, PUBLISH, change)]
    return mine, len(found) - len(mine)


def publishing_page(press: Press, connection: Connection, person: Editor) -> PublishingPage:
    moment = press.room.now()
    mine, others = own_changes(press, connection, person)
    ready, waiting = sorted_out(press, connection, person, mine, paris_day(moment))
    return PublishingPage(
        ready=tuple(ready),
        waiting=tuple(waiting),
        others=others,
        notices=told_notices(press, connection, {change.key for change in mine}),
        mark=mark(mine),
    )


def told_notices(press: Press, connection: Connection, only: Collection[Key]) -> tuple[ToldNotice, ...]:
    """Who would be told if these went out now."""
    moment = press.room.now()
    before = read_content(published_documents(connection))
    after = read_content(chosen(connection, only).documents)
    return tuple(
        ToldNotice(
            contact=after.contacts[told.contact].label if told.contact in after.contacts else told.contact,
            followers=followers_words(told.total),
            words=told.words,
            leaves="tout de suite"
            if told.leaves <= moment
            else f"le {moment_words(int(told.leaves.timestamp()))}, pour ne réveiller personne",
        )
        for told in preview(connection, reach_changes(before, after, moment), moment)
    )


def followers_words(count: int) -> str:
    if count == 0:
        return "personne ne le suit : pas d’avis"
    return f"1{NBSP}personne" if count == 1 else f"{count}{NBSP}personnes"


def _faults(posted: Posted, stands: str, keys: Collection[Key]) -> dict[str, str]:
    if posted.get("vu") != stands:
        return {"": CHANGED}
    if not keys:
        return {"choix": NOTHING}
    if len(posted.get("message", "")) > LONGEST_MESSAGE:
        return {"message": f"{LONGEST_MESSAGE} caractères au plus."}
    return {}


def _publish(press: Press, connection: Connection, person: Editor, posted: Posted, keys: Collection[Key]) -> int:
    room = press.room
    moment = room.now()
    selection = chosen(connection, keys)
    message = " ".join(posted.get("message", "").split())
    key = load_key(room.settings.keys_dir)
    number = publish_in(connection, key, room.settings.exit_url, moment, message, selection.documents)
    details = {"documents": sorted("/".join(key) for key in keys), "silent": "silence" in posted}
    press.record(connection, person.id, "publish", f"edition {number}", details, moment)
    return number

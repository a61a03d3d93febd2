"""/equipe/publier/: what changes for readers, who is told, then the edition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.notices.announce import preview
from backend.offline.changes import reach_changes
from backend.offline.changes_waiting import Change, changes, published_documents
from backend.offline.choosing import chosen, is_new
from backend.offline.content import read_content
from backend.offline.desk.deciding import mark, may
from backend.offline.desk.publishing_pages import PublishingPage, ToldNotice
from backend.offline.desk.room import REFUSED, Asked, Posted, Room, go
from backend.offline.desk.told import box, sorted_out
from backend.offline.publish import LONGEST_MESSAGE, publish_drafts
from backend.offline.signing import load_key
from backend.staff.given import Form, Me
from backend.staff.policy import Need, Person
from backend.storage.engine import reading, writing
from backend.storage.revisions import Key, Writing
from backend.web.threads import in_thread
from backend.words import NBSP, moment_words

PAGE = "equipe/publier.html"
EDIT = {"need": Need.EDIT}
PUBLISH = "publier"  # the button; without it, as after signing in again, all is seen once more before it goes out
CHANGED = (
    "Les brouillons ont changé pendant que vous lisiez, ou viennent d’être publiés. Voici ce qui partirait maintenant."
)
NOTHING = "Choisissez au moins un changement."
NOT_ALONE = "Rien de ce qui est coché ne peut partir seul. Cochez aussi ce dont cela dépend."


def publishing_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/publier/", opt=EDIT)
    @in_thread
    def publier(request: Asked, person: Me) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = publishing_page(room, connection, person)
        return room.show(request, PAGE, page, 200)

    @post("/equipe/publier/", opt=EDIT | {"typed": True})
    @in_thread
    def publish(request: Asked, person: Me, posted: Form) -> Response[Any]:
        asked = posted.get("do") == PUBLISH
        with writing(room.engine).begin() as connection:
            mine, _ = own_changes(connection, person)
            keys = {change.key for change in mine if box(change.key) in posted}
            faults = _faults(connection, posted, mark(mine), keys) if asked else {}
            if asked and not faults:
                number = _publish(room, connection, person, posted, keys)
                return go(request, f"/equipe/editions/{number}/?fait=publie")
            page = _as_posted(publishing_page(room, connection, person), posted)
        status = 409 if "" in faults else REFUSED if faults else 200
        return room.show(request, PAGE, replace(page, faults=faults), status)

    return [publier, publish]


def own_changes(connection: Connection, person: Person) -> tuple[list[Change], int]:
    """The changes this person may publish, and how many are others'."""
    found = changes(connection)
    mine = [change for change in found if may(person, Need.EDIT, change)]
    return mine, len(found) - len(mine)


def publishing_page(room: Room, connection: Connection, person: Person) -> PublishingPage:
    moment = room.now()
    mine, others = own_changes(connection, person)
    ready, waiting = sorted_out(connection, person, mine, paris_day(moment))
    return PublishingPage(
        ready=tuple(ready),
        waiting=tuple(waiting),
        others=others,
        notices=told_notices(room, connection, {change.key for change in mine}),
        mark=mark(mine),
    )


def told_notices(room: Room, connection: Connection, only: Collection[Key]) -> tuple[ToldNotice, ...]:
    """Who would be told if these went out now."""
    moment = room.now()
    before = read_content(published_documents(connection))
    after = chosen(connection, only).content
    return tuple(
        ToldNotice(
            contact=after.contacts[told.contact].label if told.contact in after.contacts else told.contact,
            followers=followers_words(told.total),
            words=told.words,
            leaves=_leaving_words(told.leaves, moment) if told.total else None,
        )
        for told in preview(connection, reach_changes(before, after, moment), moment)
    )


def _leaving_words(leaves: datetime, moment: datetime) -> str:
    if leaves <= moment:
        return "tout de suite"
    return f"le {moment_words(int(leaves.timestamp()))}, pour ne réveiller personne"


def followers_words(count: int) -> str:
    if count == 0:
        return "personne ne le suit : pas d’avis"
    return f"1{NBSP}personne" if count == 1 else f"{count}{NBSP}personnes"


def _as_posted(page: PublishingPage, posted: Posted) -> PublishingPage:
    """With what was typed and chosen: nothing goes out that somebody had left aside."""
    ready = tuple(replace(told, chosen=told.name in posted) for told in page.ready)
    return replace(page, ready=ready, message=posted.get("message", ""), silent="silence" in posted)


def _faults(connection: Connection, posted: Posted, stands: str, keys: Collection[Key]) -> dict[str, str]:
    if posted.get("vu") != stands:
        return {"": CHANGED}
    if not keys:
        return {"choix": NOTHING}
    if not is_new(connection, keys):
        return {"choix": NOT_ALONE}
    if len(posted.get("message", "")) > LONGEST_MESSAGE:
        return {"message": f"{LONGEST_MESSAGE} caractères au plus."}
    return {}


def _publish(room: Room, connection: Connection, person: Person, posted: Posted, keys: Collection[Key]) -> int:
    settings = room.settings
    return publish_drafts(
        connection,
        load_key(settings.keys_dir),
        settings.exit_url,
        Writing(person.id, room.now()),
        " ".join(posted.get("message", "").split()),
        only=keys,
        tell=None if "silence" in posted else settings.public_url,
    ).number

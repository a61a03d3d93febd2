"""Closing for some days, and the hours editor: each button is a form sent, with script or without."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, TypeVar

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from backend.clock import paris_day
from backend.offline.desk.closing import close, closed_body, closing_page
from backend.offline.desk.contacts import waiting
from backend.offline.desk.hours import PUBLISH, hours_body, hours_page, read_new_hours
from backend.offline.desk.pages import ClosingPage, HoursPage
from backend.offline.desk.publishing import followers_words
from backend.offline.desk.reading import written
from backend.offline.desk.room import REFUSED, Asked, Room, asked_revision, go
from backend.offline.desk.whose import of_contact
from backend.permanences.closing_form import read_closing
from backend.permanences.hours_form import read_fields
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need
from backend.web.threads import in_thread

CLOSING, HOURS = "equipe/fermer.html", "equipe/horaires.html"
SILENT = "silence"
Page = TypeVar("Page", ClosingPage, HoursPage)


def hours_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/contacts/{id_:str}/fermer/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def closing(request: Asked, id_: Id, quoi: FromQuery[str] = "semaine") -> Response[Any]:
        desk, revision = room.desk_at("contact", id_)
        page = closing_page(desk, desk.contact(id_), {"quoi": quoi}, revision, room.now())
        return room.show(request, CLOSING, _told(room, page), 200)

    @post("/equipe/contacts/{id_:str}/fermer/", opt={"need": Need.EDIT, "typed": True, "of": of_contact})
    @in_thread
    def shut(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        contact = desk.contact(id_)
        page = _told(room, closing_page(desk, contact, posted, asked_revision(posted), room.now()), SILENT in posted)
        if page.faults or posted.get("do") != PUBLISH:
            return room.show(request, CLOSING, page, REFUSED if page.faults else 200)
        made = close(contact, read_closing(page.fields, paris_day(room.now())))
        body = written(closed_body(desk.body("contact", id_), made))
        saved = room.save(person, page.revision, ("contact", id_, body))
        if not saved.done:
            return room.show(request, CLOSING, saved.on(page), REFUSED)
        published = room.publish_hours(person, id_, f"{contact.label} : {page.title.lower()}", page.silent)
        return go(request, f"/equipe/contacts/{id_}/?fait={'publie' if published else waiting(desk, id_)}")

    @get("/equipe/contacts/{id_:str}/horaires/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def editor(request: Asked, id_: Id) -> Response[Any]:
        desk, revision = room.desk_at("contact", id_)
        page = hours_page(desk, desk.contact(id_), None, revision, room.now())
        return room.show(request, HOURS, _told(room, page), 200)

    @post("/equipe/contacts/{id_:str}/horaires/", opt={"need": Need.EDIT, "typed": True, "of": of_contact})
    @in_thread
    def edited(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        contact = desk.contact(id_)
        page = _told(room, hours_page(desk, contact, posted, asked_revision(posted), room.now()), SILENT in posted)
        if page.faults or not page.asked:
            return room.show(request, HOURS, page, REFUSED if page.faults else 200)
        schedule = read_new_hours(read_fields(posted), contact.schedule, room.now()).schedule
        body = written(hours_body(desk.body("contact", id_), schedule))
        saved = room.save(person, page.revision, ("contact", id_, body))
        if not saved.done:
            return room.show(request, HOURS, saved.on(page), REFUSED)
        done = "brouillon"
        if posted.get("do") == PUBLISH:
            published = room.publish_hours(person, id_, f"{contact.label} : horaires", page.silent)
            done = "publie" if published else waiting(desk, id_)
        return go(request, f"/equipe/contacts/{id_}/?fait={done}")

    return [closing, shut, editor, edited]


def _told(room: Room, page: Page, silent: bool = False) -> Page:
    """The page with who would be told of it."""
    return replace(page, followers=followers_words(room.followers(page.contact.id)), silent=silent)

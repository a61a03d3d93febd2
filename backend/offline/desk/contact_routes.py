"""A contact's own form, a new contact, and taking one back. A changed number waits for a second person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler

from backend.clock import paris_day
from backend.offline.desk.contact_pages import contact_page, free_id, safe_contacts, withdrawal_body
from backend.offline.desk.pages import FormPage
from backend.offline.desk.reading import Desk, written
from backend.offline.desk.room import REFUSED, Asked, Posted, Room, asked_revision, go
from backend.offline.desk.whose import of_contact, of_organisation
from backend.permanences.contact_form import contact_body, new_contact
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need
from backend.web.threads import in_thread

CARD, WITHDRAW = "equipe/fiche.html", "equipe/retirer.html"


def contact_form_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/contacts/{id_:str}/fiche/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def card(request: Asked, id_: Id) -> Response[Any]:
        desk, revision = room.desk_at("contact", id_)
        return room.show(request, CARD, replace(_card(desk, id_, None, room), revision=revision), 200)

    @post("/equipe/contacts/{id_:str}/fiche/", opt={"need": Need.EDIT, "typed": True, "of": of_contact})
    @in_thread
    def change(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        page = replace(_card(desk, id_, posted, room), revision=asked_revision(posted))
        if page.faults or posted.get("do") != "save":
            return room.show(request, CARD, page, REFUSED if page.faults else 200)
        body = contact_body(posted, desk.body("contact", id_), tuple(safe_contacts(desk)))
        saved = room.save(person, page.revision, ("contact", id_, written(body)))
        if not saved.done:
            return room.show(request, CARD, saved.on(page), REFUSED)
        return go(request, f"/equipe/contacts/{id_}/?fait={'verifier' if page.checked_by_another else 'brouillon'}")

    @get("/equipe/organismes/{id_:str}/nouveau-contact/", opt={"need": Need.EDIT, "of": of_organisation})
    @in_thread
    def fresh(request: Asked, id_: Id) -> Response[Any]:
        desk = room.desk()
        return room.show(request, CARD, _fresh(desk, id_, None, room), 200)

    @post(
        "/equipe/organismes/{id_:str}/nouveau-contact/", opt={"need": Need.EDIT, "typed": True, "of": of_organisation}
    )
    @in_thread
    def create(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        page = _fresh(desk, id_, posted, room)
        if page.faults or posted.get("do") != "save":
            return room.show(request, CARD, page, REFUSED if page.faults else 200)
        start = _start(id_, posted, room)
        body = contact_body(posted, start, tuple(safe_contacts(desk)))
        if twin := desk.twin("contact", body):
            return go(request, f"/equipe/contacts/{twin}/?fait=verifier")
        saved = room.save(person, 0, ("contact", start["id"], written(body)))
        if not saved.done:
            return room.show(request, CARD, saved.on(page), REFUSED)
        return go(request, f"/equipe/contacts/{start['id']}/?fait=verifier")

    @get("/equipe/contacts/{id_:str}/retirer/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def withdraw(request: Asked, id_: Id) -> Response[Any]:
        desk, revision = room.desk_at("contact", id_)
        return room.show(request, WITHDRAW, _withdrawal(desk, id_, "", revision), 200)

    @post("/equipe/contacts/{id_:str}/retirer/", opt={"need": Need.EDIT, "typed": True, "of": of_contact})
    @in_thread
    def withdrawn(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        page = _withdrawal(desk, id_, posted.get("withdrawn", ""), asked_revision(posted))
        body, faults = withdrawal_body(posted, desk.body("contact", id_))
        if faults:
            return room.show(request, WITHDRAW, replace(page, faults=faults), REFUSED)
        saved = room.save(person, page.revision, ("contact", id_, written(body)))
        if not saved.done:
            return room.show(request, WITHDRAW, saved.on(page), REFUSED)
        return go(request, f"/equipe/contacts/{id_}/?fait=verifier")

    return [card, change, fresh, create, withdraw, withdrawn]


def _card(desk: Desk, id_: str, posted: Posted | None, room: Room) -> FormPage:
    label = desk.contact(id_).label
    return contact_page(
        desk, f"Modifier {label}", f"/equipe/contacts/{id_}/", desk.body("contact", id_), posted, room.now()
    )


def _fresh(desk: Desk, organisation: str, posted: Posted | None, room: Room) -> FormPage:
    if desk.organisation(organisation).closed_on:
        raise NotFoundException
    body = _start(organisation, posted or {}, room)
    return contact_page(desk, "Ajouter un contact", "/equipe/contacts/", body, posted, room.now())


def _start(organisation: str, posted: Posted, room: Room) -> dict[str, Any]:
    """A new contact's document before anything is typed; its id comes from its name, once and for all."""
    id_ = free_id(posted.get("label", ""), room.every_id("contact"))
    return {"id": id_} | new_contact(organisation, paris_day(room.now()))


def _withdrawal(desk: Desk, id_: str, why: str, revision: int) -> FormPage:
    label = desk.contact(id_).label
    options = {"back_words": label}
    return FormPage(f"Retirer {label}", {"withdrawn": why}, revision, f"/equipe/contacts/{id_}/", options)

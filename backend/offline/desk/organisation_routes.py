"""Organisations: a new one, its form, and closing it for good with others to turn to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler

from backend.clock import paris_day
from backend.offline.desk.contact_pages import free_id, organisation_page, successors, without_value
from backend.offline.desk.pages import FormPage
from backend.offline.desk.reading import Desk, written
from backend.offline.desk.room import REFUSED, Asked, Draft, Posted, Room, asked_revision, go
from backend.offline.desk.whose import of_organisation
from backend.permanences.organisation_form import closed_body, organisation_body, organisation_faults
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need, Person
from backend.web.threads import in_thread

FORM, CLOSE = "equipe/organisme.html", "equipe/organisme_ferme.html"
NEW: dict[str, Any] = {"scope": "local", "closed_on": None, "successors": []}


def organisation_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/organismes/nouveau/", opt={"need": Need.ADMINISTER})
    @in_thread
    def fresh(request: Asked) -> Response[Any]:
        return room.show(request, FORM, organisation_page("Ajouter un organisme", NEW, None), 200)

    @post("/equipe/organismes/nouveau/", opt={"need": Need.ADMINISTER, "typed": True})
    @in_thread
    def create(request: Asked, person: Me, posted: Form) -> Response[Any]:
        desk = room.desk()
        id_ = free_id(posted.get("name", ""), room.every_id("organisation") | {"nouveau"})
        page = organisation_page("Ajouter un organisme", NEW, posted)
        body = organisation_body(posted, {"id": id_} | NEW)
        if desk.twin("organisation", body):
            return go(request, "/equipe/contacts/?fait=verifier")
        return _keep(room, request, person, page, id_, body)

    @get("/equipe/organismes/{id_:str}/", opt={"need": Need.EDIT, "of": of_organisation})
    @in_thread
    def form(request: Asked, id_: Id) -> Response[Any]:
        desk, revision = room.desk_at("organisation", id_)
        return room.show(request, FORM, replace(_page(desk, id_, None), revision=revision), 200)

    @post("/equipe/organismes/{id_:str}/", opt={"need": Need.EDIT, "typed": True, "of": of_organisation})
    @in_thread
    def change(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        page = replace(_page(desk, id_, posted), revision=asked_revision(posted))
        return _keep(room, request, person, page, id_, organisation_body(posted, desk.body("organisation", id_)))

    @get("/equipe/organismes/{id_:str}/fermer/", opt={"need": Need.MANAGE, "of": of_organisation})
    @in_thread
    def closing(request: Asked, id_: Id) -> Response[Any]:
        desk, revision = room.desk_at("organisation", id_)
        fields = {"closed_on": paris_day(room.now()).isoformat()}
        return room.show(request, CLOSE, _closing(desk, id_, fields, revision), 200)

    @post("/equipe/organismes/{id_:str}/fermer/", opt={"need": Need.MANAGE, "typed": True, "of": of_organisation})
    @in_thread
    def close(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        desk = room.desk()
        page = _closing(desk, id_, posted, asked_revision(posted))
        body = desk.body("organisation", id_)
        body, faults = closed_body(posted, body, tuple(successors(desk, id_)), paris_day(room.now()))
        if faults:
            return room.show(request, CLOSE, replace(page, faults=faults), REFUSED)
        saved = room.save(person, page.revision, ("organisation", id_, written(body)), lambda now: _silent(now, id_))
        if not saved.done:
            return room.show(request, CLOSE, saved.on(page), REFUSED)
        return go(request, "/equipe/contacts/?fait=verifier")

    return [fresh, create, form, change, closing, close]


def _silent(desk: Desk, organisation: str) -> list[Draft]:
    """Its contacts, without their numbers."""
    return [
        ("contact", contact.id, written(without_value(desk.body("contact", contact.id))))
        for contact in desk.contacts_of(organisation)
        if contact.value
    ]


def _keep(room: Room, request: Asked, person: Person, page: FormPage, id_: str, body: dict[str, Any]) -> Response[Any]:
    if faults := organisation_faults(body):
        return room.show(request, FORM, replace(page, faults=faults), REFUSED)
    saved = room.save(person, page.revision, ("organisation", id_, written(body)))
    if not saved.done:
        return room.show(request, FORM, saved.on(page), REFUSED)
    return go(request, "/equipe/contacts/?fait=verifier")


def _page(desk: Desk, id_: str, posted: Posted | None) -> FormPage:
    organisation = desk.organisation(id_)
    close = None if organisation.closed_on else f"/equipe/organismes/{id_}/fermer/"
    return organisation_page(f"Modifier {organisation.name}", desk.body("organisation", id_), posted, close)


def _closing(desk: Desk, id_: str, fields: Posted, revision: int) -> FormPage:
    organisation = desk.organisation(id_)
    if organisation.closed_on:
        raise NotFoundException
    options = {"contacts": list(successors(desk, id_).items()), "back_words": organisation.name}
    title = f"Fermer {organisation.name}"
    return FormPage(title, {"closed_on": "", **fields}, revision, f"/equipe/organismes/{id_}/", options)

"""Guides in Markdown, read again while they are written; sources to cite."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from backend.guidance.guide_form import guide_parts, read_source_fields
from backend.offline.desk.guide_pages import (
    guide_document,
    guide_page,
    guides_page,
    new_fields,
    stored_fields,
    with_citation,
)
from backend.offline.desk.pages import FormPage
from backend.offline.desk.reading import Desk, written
from backend.offline.desk.room import REFUSED, Asked, Posted, Room, asked_revision, go
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need, Person
from backend.web.threads import in_thread

FORM, LIST, SOURCE = "equipe/guide.html", "equipe/guides.html", "equipe/source.html"


def guide_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/guides/", opt={"need": Need.ADMINISTER})
    @in_thread
    def guides(request: Asked, fait: FromQuery[str | None] = None) -> Response[Any]:
        return room.show(request, LIST, replace(guides_page(room.desk(), room.now()), kept=fait == "brouillon"), 200)

    @get("/equipe/guides/nouveau/", opt={"need": Need.ADMINISTER})
    @in_thread
    def fresh(request: Asked) -> Response[Any]:
        page = guide_page(room.desk(), "", new_fields(room.now()), room.now(), told=False, new=True)
        return room.show(request, FORM, page, 200)

    @post("/equipe/guides/nouveau/", opt={"need": Need.ADMINISTER, "typed": True})
    @in_thread
    def create(request: Asked, person: Me, posted: Form) -> Response[Any]:
        return _keep(room, request, person, posted, posted.get("slug", "").strip(), new=True)

    @get("/equipe/guides/{slug:str}/", opt={"need": Need.ADMINISTER})
    @in_thread
    def form(request: Asked, slug: Id) -> Response[Any]:
        desk, revision = room.desk_at("guide", slug)
        _known(desk, slug)
        page = guide_page(desk, slug, stored_fields(desk, slug), room.now(), told=True)
        return room.show(request, FORM, replace(page, revision=revision), 200)

    @post("/equipe/guides/{slug:str}/", opt={"need": Need.ADMINISTER, "typed": True})
    @in_thread
    def change(request: Asked, person: Me, posted: Form, slug: Id) -> Response[Any]:
        _known(room.desk(), slug)
        return _keep(room, request, person, posted, slug)

    @get("/equipe/sources/nouvelle/", opt={"need": Need.ADMINISTER})
    @in_thread
    def source(request: Asked) -> Response[Any]:
        return room.show(request, SOURCE, _source({"confidence": "medium"}), 200)

    @post("/equipe/sources/nouvelle/", opt={"need": Need.ADMINISTER, "typed": True})
    @in_thread
    def add(request: Asked, person: Me, posted: Form) -> Response[Any]:
        body, faults = read_source_fields(posted, room.every_id("source"))
        if faults:
            return room.show(request, SOURCE, replace(_source(posted), faults=faults), REFUSED)
        saved = room.save(person, 0, ("source", body["id"], written(body)))
        if not saved.done:
            return room.show(request, SOURCE, saved.on(_source(posted)), REFUSED)
        return go(request, "/equipe/guides/?fait=brouillon")

    return [guides, fresh, create, form, change, source, add]


def _known(desk: Desk, slug: str) -> None:
    if slug not in desk.content.guides:
        raise NotFoundException


def _keep(room: Room, request: Asked, person: Person, posted: Posted, slug: str, new: bool = False) -> Response[Any]:
    desk = room.desk()
    fields = with_citation(posted, desk) if posted.get("do") == "cite" else posted
    page = replace(guide_page(desk, slug, fields, room.now(), told=True, new=new), revision=asked_revision(posted))
    if page.faults or page.lines or posted.get("do") != "save":
        return room.show(request, FORM, page, REFUSED if page.faults or page.lines else 200)
    saved = room.save(person, page.revision, ("guide", slug, guide_document(*guide_parts(posted))))
    if not saved.done:
        return room.show(request, FORM, saved.on(page), REFUSED)
    return go(request, "/equipe/guides/?fait=brouillon")


def _source(fields: Posted) -> FormPage:
    empty = dict.fromkeys(("id", "title", "url", "date", "says", "confidence"), "")
    return FormPage("Ajouter une source", empty | fields, 0, "/equipe/guides/", {})

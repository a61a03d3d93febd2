"""The contacts of a person's organisations: what readers see now, and the four things one comes to do."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from backend.clock import paris_day
from backend.offline.desk.lines import contact_line, groups
from backend.offline.desk.pages import DeskContactPage, DeskContactsPage
from backend.offline.desk.reading import Desk, written
from backend.offline.desk.room import Asked, Room, asked_revision, go
from backend.offline.desk.whose import of_contact
from backend.offline.pages import Door
from backend.permanences.closing_form import week_words
from backend.permanences.contact_form import CONFIRMED_FOR
from backend.permanences.week_words import coming_lines, week_lines
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need, allows
from backend.web.threads import in_thread

# What a page says once something is done; the address carries the key alone.
DONE = {
    "publie": "C’est publié. Les lecteurs le voient dans quelques secondes.",
    "autre": "Quelqu’un vient de modifier ce contact. Relisez-le, puis appuyez de nouveau si tout est exact.",
    "exact": "C’est noté, à la date d’aujourd’hui. Merci.",
    "brouillon": "C’est gardé en brouillon. Rien n’est encore publié.",
    "avec": "C’est gardé en brouillon. Les lecteurs le verront quand ce contact sera publié.",
    "verifier": "C’est gardé en brouillon. Une autre personne vérifiera avant la publication.",
}


def contact_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/contacts/", opt={"need": Need.EDIT})
    @in_thread
    def contacts(request: Asked, person: Me, fait: FromQuery[str | None] = None) -> Response[Any]:
        desk = room.desk()
        mine = [found for found in desk.content.organisations.values() if allows(person, Need.EDIT, found.id)]
        creates = allows(person, Need.ADMINISTER)
        page = DeskContactsPage(groups(desk, mine, room.now()), creates, DONE.get(fait or ""))
        return room.show(request, "equipe/contacts.html", page, 200)

    @get("/equipe/contacts/{id_:str}/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def contact(request: Asked, id_: Id, fait: FromQuery[str | None] = None) -> Response[Any]:
        page = _contact_page(room, id_)
        return room.show(request, "equipe/contact.html", replace(page, done=DONE.get(fait or "")), 200)

    @post("/equipe/contacts/{id_:str}/exact/", opt={"need": Need.EDIT, "of": of_contact})
    @in_thread
    def exact(request: Asked, person: Me, posted: Form, id_: Id) -> Response[Any]:
        """« C’est toujours exact »: today's date, and readers see it."""
        desk, day = room.desk(), paris_day(room.now())
        if not contact_line(desk, desk.contact(id_), room.now()).confirmable:
            return go(request, f"/equipe/contacts/{id_}/")
        dates = {"confirmed_on": day.isoformat(), "confirm_by": (day + CONFIRMED_FOR).isoformat()}
        body = desk.body("contact", id_) | dates
        saved = room.save(person, asked_revision(posted), ("contact", id_, written(body)))
        if not saved.done:
            return go(request, f"/equipe/contacts/{id_}/?fait=autre")
        if not desk.reads_the_same(id_):  # what was found exact is not what readers have
            return go(request, f"/equipe/contacts/{id_}/?fait=avec")
        published = room.publish_confirmation(person, id_, f"{desk.contact(id_).label} : confirmé")
        return go(request, f"/equipe/contacts/{id_}/?fait={'exact' if published else waiting(desk, id_)}")

    return [contacts, contact, exact]


def waiting(desk: Desk, id_: str) -> str:
    """What a page says of hours, or of a date, that readers do not have yet."""
    return "verifier" if desk.published_contact(id_) else "avec"


def _contact_page(room: Room, id_: str) -> DeskContactPage:
    moment = room.now()
    desk, revision = room.desk_at("contact", id_)
    contact = desk.contact(id_)
    line = contact_line(desk, contact, moment)
    shut = [
        Door(f"{line.href}fermer/?quoi=semaine", "Fermé cette semaine", week_words(paris_day(moment)), "close"),
        Door(f"{line.href}fermer/?quoi=jour", "Fermé un jour", "Aujourd’hui, ou un autre", "close"),
        Door(f"{line.href}fermer/?quoi=dates", "Fermé du … au …", "Congés, travaux", "close"),
    ]
    change = Door(
        f"{line.href}horaires/", "Changer les horaires", "Semaine, saisons, jours fériés, dates à part", "clock"
    )
    rest = [
        Door(f"{line.href}fiche/", "Modifier la fiche", "Numéro, nom, langues, source", "pen"),
        *(
            [Door(f"{line.href}retirer/", "Retirer ce contact", "Il ne répond plus", "trash")]
            if line.confirmable
            else []
        ),
        *(
            [Door(f"/contacts/{contact.id}/", "La page que voient les lecteurs", "", "eye")]
            if desk.published_contact(contact.id)
            else []
        ),
    ]
    return DeskContactPage(
        contact=line,
        organisation=desk.organisation(contact.organisation).name,
        week=week_lines(contact.schedule) if contact.schedule else [contact.said_hours] if contact.said_hours else [],
        coming=coming_lines(contact.schedule, paris_day(moment)) if contact.schedule else [],
        doors=(*(shut if line.closable else []), *([change] if line.confirmable else [])),
        rest=tuple(rest),
        revision=revision,
    )

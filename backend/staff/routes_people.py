"""Who works here: inviting, changing a role, letting go. Managers see to their organisations, administrators to all."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.staff import audit, invitations
from backend.staff.given import Form, Id, Me
from backend.staff.invitations import RECOVERY, RESCUE, ROLES
from backend.staff.organisations import organisation_names
from backend.staff.people import list_people, load_person, names, remove_person, set_role
from backend.staff.policy import ADMINISTRATOR, ROLE_WORDS, Need, Person, Role, allows
from backend.staff.refusals import StaffRefusal
from backend.staff.sessions import end_all
from backend.staff.space import Asked, Space
from backend.storage.engine import writing
from backend.web.threads import in_thread

PEOPLE = "/equipe/personnes/"
MANAGE = {"need": Need.MANAGE}
MANAGE_FRESH = {"need": Need.MANAGE, "fresh": True}
ADMINISTER_FRESH = {"need": Need.ADMINISTER, "fresh": True}


def people_routes(space: Space) -> list[ControllerRouterHandler]:
    @get(PEOPLE, opt=MANAGE)
    @in_thread
    def everybody(request: Asked, person: Me) -> Response[Any]:
        return space.show(request, "equipe/personnes.html", _page(space, person, None))

    @post("/equipe/personnes/inviter/", opt=MANAGE_FRESH, status_code=200)
    @in_thread
    def invite(request: Asked, person: Me, posted: Form) -> Response[Any]:
        role, organisation = posted.get("role", ""), posted.get("organisation") or None
        organisation = None if role == ADMINISTRATOR else organisation
        with writing(space.engine).begin() as connection:
            if role not in ROLES or (role != ADMINISTRATOR and organisation not in organisation_names(connection)):
                return space.show(request, "equipe/personnes.html", _page(space, person, None, fault=True), 422)
            _may(person, organisation)
            found, token = invitations.invite(connection, person, role, organisation, space.now())
            details = {"role": role, "organisation": organisation}
            audit.record(connection, person, "invited", found.id, details, space.now())
        link = space.place.invitation(token)
        return space.show(request, "equipe/personnes.html", _page(space, person, link))

    @post("/equipe/personnes/invitations/{id_:str}/retirer/", opt=MANAGE)
    @in_thread
    def revoke(person: Me, id_: Id) -> Response[Any]:
        with writing(space.engine).begin() as connection:
            found = next((one for one in invitations.waiting(connection, space.now()) if one.id == id_), None)
            if found is None or found.kind == RECOVERY:  # those are stopped, not revoked: `recoveries`
                raise NotFoundException
            _may(person, found.organisation)
            invitations.revoke(connection, id_, space.now())
            audit.record(connection, person, "revoked an invitation", id_, {}, space.now())
        return Redirect(PEOPLE, status_code=303)

    return [everybody, invite, revoke, *_roles(space), *_leaving(space)]


def _roles(space: Space) -> list[ControllerRouterHandler]:
    @post("/equipe/personnes/{id_:str}/role/", opt=MANAGE_FRESH)
    @in_thread
    def role(person: Me, posted: Form, id_: Id) -> Response[Any]:
        """Also takes somebody out of one organisation, by an empty role."""
        organisation, wanted = posted.get("organisation", ""), posted.get("role", "")
        with writing(space.engine).begin() as connection:
            _may(person, organisation)
            concerned = _somebody(connection, id_)
            if wanted not in ("", *(role.value for role in Role)) or organisation not in organisation_names(connection):
                raise NotFoundException
            if not person.administrator and organisation not in concerned.roles:
                raise NotFoundException
            set_role(connection, id_, organisation, Role(wanted) if wanted else None)
            end_all(connection, id_)  # what was opened with other rights opens nothing any more
            if not allows(load_person(connection, id_), Need.MANAGE, organisation):
                invitations.revoke_made(connection, id_, organisation, space.now())
            details = {"organisation": organisation, "role": wanted}
            audit.record(connection, person, "changed a role", id_, details, space.now())
        return Redirect(PEOPLE, status_code=303)

    return [role]


def _leaving(space: Space) -> list[ControllerRouterHandler]:
    @post("/equipe/personnes/{id_:str}/retirer/", opt=ADMINISTER_FRESH)
    @in_thread
    def remove(person: Me, id_: Id) -> Response[Any]:
        if id_ == person.id:
            raise StaffRefusal  # so that an administrator always remains
        with writing(space.engine).begin() as connection:
            _somebody(connection, id_)
            remove_person(connection, id_, space.now())
            end_all(connection, id_)
            space.end_elsewhere(connection, id_)
            invitations.revoke_for(connection, id_, space.now())
            audit.record(connection, person, "removed a person", id_, {}, space.now())
        return Redirect(PEOPLE, status_code=303)

    @post("/equipe/personnes/{id_:str}/acces/", opt=ADMINISTER_FRESH, status_code=200)
    @in_thread
    def renew(request: Asked, person: Me, id_: Id) -> Response[Any]:
        """For somebody who has lost everything: their old passkeys go when the link is used."""
        with writing(space.engine).begin() as connection:
            _, token = invitations.renew(connection, RESCUE, person, _somebody(connection, id_), space.now())
            audit.record(connection, person, "renewed somebody's access", id_, {}, space.now())
        link = space.place.invitation(token)
        return space.show(request, "equipe/personnes.html", _page(space, person, link))

    return [remove, renew]


def _may(person: Person, organisation: str | None) -> None:
    """An invitation without an organisation is for an administrator, by an administrator."""
    if not (allows(person, Need.MANAGE, organisation) if organisation else allows(person, Need.ADMINISTER)):
        raise StaffRefusal


def _somebody(connection: Connection, id_: str) -> Person:
    found = load_person(connection, id_)
    if found is None:
        raise NotFoundException
    return found


def _page(space: Space, viewer: Person, link: str | None, fault: bool = False) -> dict[str, Any]:
    with space.engine.connect() as connection:
        titles = organisation_names(connection)
        theirs = {id_: title for id_, title in titles.items() if allows(viewer, Need.MANAGE, id_)}
        everybody = list_people(connection)
        waiting = invitations.waiting(connection, space.now())
        known = names(connection)
    shown = [one for one in waiting if one.kind != RECOVERY]
    return {
        "viewer": viewer,
        "link": link,
        "fault": fault,
        "titles": titles,
        "organisations": theirs,
        "roles": [(role.value, ROLE_WORDS[role.value]) for role in Role],
        "people": [one for one in everybody if viewer.administrator or theirs.keys() & one.roles.keys()],
        "waiting": [one for one in shown if viewer.administrator or one.organisation in theirs],
        "names": known,
        "role_words": ROLE_WORDS,
    }

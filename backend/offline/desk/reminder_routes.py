"""The switch « Me rappeler les horaires à confirmer », and where a click on a reminder leads."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from backend.notices.asking import RefusedAskingError, read_asked, text
from backend.notices.message import REMINDED_AT
from backend.notices.phones import add_phone, followed_by, has_phone, remove_phone
from backend.notices.vapid import load_vapid
from backend.notices.vault import load_vault
from backend.offline.desk.room import Room
from backend.staff.audit import record
from backend.staff.given import Json, Me
from backend.staff.policy import Need
from backend.storage.engine import writing
from backend.web.errors import problem
from backend.web.threads import in_thread

PLACE = "/equipe/moi/rappels/"
SIGNED_IN = {"need": Need.SIGNED_IN}


def reminder_routes(room: Room) -> list[ControllerRouterHandler]:
    """`sent` is what the browser says of its subscription: its address goes in no URL, which logs would keep."""
    settings = room.settings

    @post(f"{PLACE}etat", opt=SIGNED_IN, status_code=200)
    @in_thread
    def state(person: Me, sent: Json) -> Response[Any]:
        with room.engine.connect() as connection:
            here = has_phone(connection, load_vault(settings.keys_dir), person.id, text(sent, "endpoint"))
        return Response({"ici": here})

    @post(PLACE, opt=SIGNED_IN, status_code=200)
    @in_thread
    def begin(person: Me, sent: Json) -> Response[Any]:
        wish = {**sent, "contacts": [followed_by(person.id)]}
        try:
            asked = read_asked(wish, settings.push_hosts_extra, load_vapid(settings), wish["contacts"])
        except RefusedAskingError as error:
            return problem(400, detail=str(error))
        vault = load_vault(settings.keys_dir)
        with writing(room.engine).begin() as connection:
            if not has_phone(connection, vault, person.id, asked.subscription.endpoint):
                record(connection, person.id, "asked for reminders", person.id, {}, room.now())
            add_phone(connection, vault, person.id, asked, room.now())
        return Response({"ici": True})

    @post(f"{PLACE}arreter", opt=SIGNED_IN, status_code=200)
    @in_thread
    def end(person: Me, sent: Json) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            if remove_phone(connection, load_vault(settings.keys_dir), person.id, text(sent, "endpoint")):
                record(connection, person.id, "stopped reminders", person.id, {}, room.now())
        return Response({"ici": False})

    return [state, begin, end]


@get(REMINDED_AT, include_in_schema=False)
async def reminded() -> Redirect:
    """No contact's page: the worker knows no other way to the staff, whose pages it leaves alone."""
    return Redirect("/equipe/", status_code=303)

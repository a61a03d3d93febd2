"""A printed code, when no passkey is left: a day's delay, in which those who are told may stop it."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from backend.staff import audit, invitations, recoveries
from backend.staff.given import Form, Id, Me
from backend.staff.invitations import RECOVERY
from backend.staff.policy import Need
from backend.staff.recovery import use_code
from backend.staff.space import Asked, Space
from backend.staff.steps import HOME, limited
from backend.storage.engine import writing
from backend.web.threads import in_thread

UNKNOWN = "Ce code n’est pas connu, ou il a déjà servi. Vérifiez chaque lettre, ou prenez le suivant de la liste."


def recovery_routes(space: Space) -> list[ControllerRouterHandler]:
    @get("/equipe/secours/", opt={"need": Need.NOTHING})
    @in_thread
    def ask(request: Asked) -> Response[Any]:
        return space.show(request, "equipe/secours.html", {"fault": None, "typed": "", "link": None})

    @post("/equipe/secours/", opt={"need": Need.NOTHING}, status_code=200)
    @in_thread
    def asked(request: Asked, posted: Form) -> Response[Any]:
        limited(space, request, space.limits.recovery)
        typed, now = posted.get("code", ""), space.now()
        with writing(space.engine).begin() as connection:
            person = use_code(connection, typed, now)
            if person:
                found, token = invitations.renew(connection, RECOVERY, person.id, person, now)
                audit.record(connection, person, "used a recovery code", person.id, {"opens": found.opens}, now)
        if person is None:
            page: dict[str, Any] = {"fault": UNKNOWN, "typed": typed[:80], "link": None}
            return space.show(request, "equipe/secours.html", page, 422)
        page = {
            "fault": None,
            "typed": "",
            "link": space.place.invitation(token),
            "at": found.opens,
        }
        return space.show(request, "equipe/secours.html", page)

    @post("/equipe/acces/{id_:str}/arreter/", opt={"need": Need.SIGNED_IN})
    @in_thread
    def stop(person: Me, id_: Id) -> Response[Any]:
        """No passkey is asked for: stopping opens nothing, and must not wait."""
        with writing(space.engine).begin() as connection:
            stopped = recoveries.stop(connection, person, id_, space.now())
        if stopped is None:
            raise NotFoundException
        return Redirect("/equipe/moi/?fait=arrete" if stopped.mine else HOME, status_code=303)

    return [ask, asked, stop]

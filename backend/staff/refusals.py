"""How somebody is told that they may not, or not yet."""

from __future__ import annotations

from urllib.parse import quote

from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from backend.staff.space import Asked, Space
from backend.web.errors import Handler, problem


class StaffRefusal(HTTPException):
    """`words` are for whoever came; programs get them as problem details."""

    status_code = 403
    words = "Votre rôle ne permet pas cela. Demandez à la personne qui gère votre équipe."


class NotSignedIn(StaffRefusal):
    status_code = 401
    words = "Votre session est finie. Connectez-vous de nouveau ; ce que vous aviez tapé n’a pas été enregistré."


class NotFresh(StaffRefusal):
    """Somebody signed in must show a passkey again: a computer left open is not a person."""

    words = "Montrez de nouveau votre clé d’accès avant de continuer."


class Forged(StaffRefusal):
    words = (
        "Cette demande ne vient pas d’une page ouverte par vous. Revenez en arrière, rechargez la page et recommencez."
    )


class TooMany(StaffRefusal):
    status_code = 429
    words = "Trop d’essais depuis cette connexion. Attendez une minute, puis réessayez."


def refusal_handler(space: Space) -> Handler:
    def handle(request: Asked, error: Exception) -> Response:  # type: ignore[type-arg]
        assert isinstance(error, StaffRefusal)  # noqa: S101 - registered for these alone
        aside = _aside(request, error)
        if aside is not None:
            return aside
        if request.content_type[0] == "application/json":
            return problem(error.status_code, detail=error.words)
        return space.show(request, "equipe/refus.html", error, error.status_code)

    return handle


def _aside(request: Asked, error: StaffRefusal) -> Response | None:  # type: ignore[type-arg]
    """Where one can do something about it: that page, and back afterwards."""
    if not isinstance(error, NotSignedIn | NotFresh):
        return None
    place = "/equipe/" if isinstance(error, NotSignedIn) else "/equipe/confirmer/"
    if request.headers.get("hx-request"):
        return Response(None, status_code=200, media_type=MediaType.TEXT, headers={"HX-Redirect": place})
    if request.method != "GET":
        return None
    return Redirect(f"{place}?suite={quote(request.url.path, safe='/')}", status_code=303)

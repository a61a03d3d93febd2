"""How somebody is told that they may not, or not yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from litestar import MediaType, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect

from backend.staff.space import Asked, Space
from backend.web.csrf import FIELD
from backend.web.errors import Handler, note_fault, problem

# On a page of their own. Back would not do: browsers give back but half of what was typed; reloading sends all of it.
READ_LATER = "Cette page ne peut pas être lue pour le moment. Attendez une minute, puis rechargez-la."
# Hours are kept as a draft before they are published: a writer in between leaves the first done.
NOT_DONE = "Ce n’est pas fait : tout au plus gardé en brouillon."
SENT_LATER = (
    f"{NOT_DONE} Attendez une minute, puis rechargez cette page : le navigateur propose d’envoyer de nouveau ce "
    "que vous aviez tapé ou choisi."
)


class StaffRefusal(HTTPException):
    """`words` are for whoever came; programs get them as problem details."""

    status_code = 403
    title = "Ce n’est pas possible"
    words = "Votre rôle ne permet pas cela. Demandez à la personne qui gère votre équipe."


class Outdated(StaffRefusal):
    """From a page of ours, made for a session that is over or has changed; `typed` is what its form held."""

    title = "Cette page est restée ouverte longtemps"
    words = "Elle ne vient pas de votre session d’aujourd’hui : par prudence, rien n’a été enregistré."

    def __init__(self, typed: Mapping[str, str] | None = None) -> None:
        super().__init__()
        self.typed = dict(typed or {})


class NotSignedIn(Outdated):
    status_code = 401
    title = "Votre session est finie"
    words = "Connectez-vous de nouveau. Rien n’a été enregistré."


class Busy(Outdated):
    """The database is away, or somebody else writes for long."""

    status_code = 503
    title = "Le serveur est occupé"
    words = f"{NOT_DONE} Attendez une minute, puis réessayez."


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
        if isinstance(error, Outdated) and error.typed and request.route_handler.opt.get("typed"):
            return space.show(request, "equipe/reprendre.html", _kept(request, error), error.status_code)
        aside = _aside(request, error)
        if aside is not None:
            return aside
        onward = f"/equipe/confirmer/?suite={_room(request)}" if isinstance(error, NotFresh) else None
        if request.content_type[0] == "application/json":
            answer = problem(error.status_code, detail=error.words)
            answer.content |= {"suite": onward} if onward else {}
            return answer
        words = error.words if not isinstance(error, Busy) else READ_LATER if request.method == "GET" else SENT_LATER
        page = {"title": error.title, "words": words, "onward": onward}
        return space.show(request, "equipe/refus.html", page, error.status_code)

    return handle


def busy_handler(space: Space) -> Handler:
    """What does not last (see `PASSING`), within the staff's frame, with what was typed."""
    refuse = refusal_handler(space)

    def handle(request: Asked, error: Exception) -> Response:  # type: ignore[type-arg]
        note_fault(error)
        return refuse(request, Busy(request.state.get("posted")))

    return handle


def not_found_handler(space: Space) -> Handler:
    """What is no more, within the staff's frame: the way back leads to their own pages."""

    def handle(request: Asked, _: Exception) -> Response:  # type: ignore[type-arg]
        if request.content_type[0] == "application/json":
            return problem(404)
        page = {
            "title": "Cette page n’existe pas",
            "words": "Ce contenu n’existe plus, a changé de place, ou appartient à un autre organisme.",
            "onward": None,
        }
        return space.show(request, "equipe/refus.html", page, 404)

    return handle


def _kept(request: Asked, error: Outdated) -> dict[str, Any]:
    """What was typed, to be sent again, without the button that was pressed: hours are seen again before readers see
    them, the rest is a draft at most."""
    typed = {name: text for name, text in error.typed.items() if name not in (FIELD, "do")}
    return {
        "title": error.title,
        "words": error.words,
        "signed_in": request.state.session is not None,
        "action": request.url.path.rstrip("/") + "/",  # Litestar took the last stroke away
        "typed": typed,
    }


def _room(request: Asked) -> str:
    """The page on which the form stood: /equipe/moi/ for /equipe/moi/codes/."""
    return "/".join(request.url.path.split("/")[:3]) + "/"


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

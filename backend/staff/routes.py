"""The routes of the staff space that are about people and how they come in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from backend.staff.policy import Need
from backend.staff.sessions import Session
from backend.staff.space import Asked, Space
from backend.web.threads import in_thread

# What somebody signed in finds at /equipe/.
Board = Callable[[Asked, Session], Response[Any]]


def staff_routes(space: Space, board: Board | None = None) -> list[ControllerRouterHandler]:
    @get("/equipe/", opt={"need": Need.NOTHING})
    @in_thread
    def home(request: Asked) -> Response[Any]:
        session: Session | None = request.state.get("session")
        if session is None:
            return space.show(request, "equipe/connexion.html", None)
        return board(request, session) if board else space.show(request, "equipe/accueil.html", session)

    return [home]

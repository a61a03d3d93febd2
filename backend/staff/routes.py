"""The routes of the staff space that are about people and how they come in."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from backend.staff.routes_in import Board, ways_in
from backend.staff.routes_invitation import invitation_routes
from backend.staff.routes_journal import journal_routes
from backend.staff.routes_me import my_routes
from backend.staff.routes_people import people_routes
from backend.staff.routes_recovery import recovery_routes
from backend.staff.space import Space


def staff_routes(space: Space, board: Board) -> list[ControllerRouterHandler]:
    """`board` answers at /equipe/ for somebody signed in."""
    return [
        *ways_in(space, board),
        *invitation_routes(space),
        *recovery_routes(space),
        *my_routes(space),
        *people_routes(space),
        *journal_routes(space),
    ]

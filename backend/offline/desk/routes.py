"""Every address of the desk."""

from __future__ import annotations

from litestar.types import ControllerRouterHandler

from backend.offline.desk.approvals import approval_routes
from backend.offline.desk.contact_routes import contact_form_routes
from backend.offline.desk.contacts import contact_routes
from backend.offline.desk.editions import edition_routes
from backend.offline.desk.guide_routes import guide_routes
from backend.offline.desk.hours_routes import hours_routes
from backend.offline.desk.organisation_routes import organisation_routes
from backend.offline.desk.publishing import publishing_routes
from backend.offline.desk.reminder_routes import reminder_routes
from backend.offline.desk.room import Room
from backend.offline.desk.versions import version_routes


def desk_routes(room: Room) -> list[ControllerRouterHandler]:
    """`person` and `posted` are provided by the layer they are put in."""
    return [
        *contact_routes(room),
        *hours_routes(room),
        *contact_form_routes(room),
        *organisation_routes(room),
        *guide_routes(room),
        *publishing_routes(room),
        *approval_routes(room),
        *edition_routes(room),
        *version_routes(room),
        *reminder_routes(room),
    ]

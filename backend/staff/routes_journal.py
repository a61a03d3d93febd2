"""The journal: what was done, by whom. To read, and to carry elsewhere."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler

from backend.staff import audit
from backend.staff.journal_words import Known, line_of
from backend.staff.organisations import organisation_names
from backend.staff.people import names
from backend.staff.policy import Need
from backend.staff.space import Asked, Space
from backend.web.threads import in_thread

A_PAGE = 50
NUMBERS = range(1, 2**31)  # that a database can hold
ADMINISTER = {"need": Need.ADMINISTER}


def journal_routes(space: Space) -> list[ControllerRouterHandler]:
    @get("/equipe/journal/", opt=ADMINISTER)
    @in_thread
    def journal(request: Asked, avant: FromQuery[int | None] = None) -> Response[Any]:
        with space.engine.connect() as connection:
            found = audit.newest(connection, A_PAGE, avant if avant is not None and avant in NUMBERS else None)
            known = Known(names(connection), organisation_names(connection))
        older = found[-1].number if found and found[-1].number > 1 else None
        page = {"lines": [line_of(entry, known) for entry in found], "older": older}
        return space.show(request, "equipe/journal.html", page)

    @get("/equipe/journal.jsonl", opt=ADMINISTER)
    @in_thread
    def export() -> Response[Any]:
        with space.engine.connect() as connection:
            body = b"".join(audit.json_lines(connection))
        headers = {"content-disposition": 'attachment; filename="journal.jsonl"'}
        return Response(body, media_type="application/jsonl", headers=headers)

    return [journal, export]

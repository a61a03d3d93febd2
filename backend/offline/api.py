"""The addresses of companions, typed and described for `/schema`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Annotated, Any

import msgspec
from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import Example
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from backend import clock
from backend.offline import api_shapes as shapes
from backend.offline.answers import Answer
from backend.offline.companion_cache import Companions
from backend.offline.companions import API
from backend.offline.public import respond
from backend.offline.shelf import Shelf
from backend.permanences.moment_reading import read_moment
from backend.web.asgi import Receive, Scope, Send
from backend.web.errors import PROBLEM, problem
from backend.web.schema import Problem

AT = QueryParameter(name="at", required=False, description="A moment, RFC 3339; left out: now", examples=[
    Example(value="2026-11-23T10:00:00+01:00"),
])  # fmt: skip
A_STANDING = {"id": "3018", "state": "open", "until": "2026-11-23T22:00:00Z", "next": "2026-11-30T08:00:00Z"}
AN_ORGANISATION = {
    "id": "e-enfance", "name": "Association e-Enfance / 3018", "scope": "national", "website": "https://e-enfance.org/",
    "address": None, "about": None, "closed_on": None, "contacts": ["3018"], "successors": [],
}  # fmt: skip
A_CONTACT: dict[str, Any] = {
    "id": "3018", "organisation": "e-enfance", "kind": "phone", "value": "3018", "label": "3018 – Violences numériques",
    "status": "confirmed", "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22",
    "source": {"title": "e-Enfance", "url": "https://e-enfance.org/", "date": "2026-11"},
    "cost": "Gratuit", "languages": ["fr"], "audience": None,
    "schedule": {"always": False, "weekly": {"mo": [["09:00", "23:00"]]}, "seasons": [], "exceptions": [],
                 "public_holidays": "as_usual", "school_holidays": "as_usual", "by_appointment": False, "note": None},
    "hours_text": "Le lundi, de 9 h à 23 h. Les jours fériés aussi",
    "intervals": [[29923680, 840, "open"]], "successors": [],
}  # fmt: skip


class Ready(Response[Any]):
    """An answer made ready: its tag, its compressed forms and its headers are its own."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(None)
        self._answer = answer

    def to_asgi_response(self, *_: Any, **__: Any) -> Any:
        async def send_it(scope: Scope, _receive: Receive, send: Send) -> None:
            await respond(self._answer, scope, send)

        return send_it


def api_routes(companions: Companions, shelf: Callable[[], Shelf]) -> list[ControllerRouterHandler]:
    async def made(url: str) -> Ready:
        answer = await companions.answer(url)
        if answer is None:
            raise NotFoundException
        return Ready(answer)

    @get(f"{API}/contacts", summary="Contacts", responses=_told(shapes.Contacts, {"contacts": [A_CONTACT]}))
    async def contacts() -> Response[shapes.Contacts]:
        """Every contact, with today's status and its intervals for twelve weeks from today."""
        return await made(f"{API}/contacts")

    @get(f"{API}/contacts/{{id:str}}", summary="A contact", responses=_told(shapes.Contact, A_CONTACT, missing=True))
    async def contact(id: FromPath[str]) -> Response[shapes.Contact]:
        """One contact, closed and withdrawn ones included."""
        return await made(f"{API}/contacts/{id}")

    @get(
        f"{API}/organisations",
        summary="Organisations",
        responses=_told(shapes.Organisations, {"organisations": [AN_ORGANISATION]}),
    )
    async def organisations() -> Response[shapes.Organisations]:
        """Every organisation, closed ones included, with its contacts."""
        return await made(f"{API}/organisations")

    @get(
        f"{API}/open",
        summary="Who can be reached at a moment",
        responses=_told(shapes.Open, {"at": "2026-11-23T09:00:00Z", "contacts": [A_STANDING]}),
    )
    async def open_at(at: Annotated[str | None, AT] = None) -> Response[shapes.Open]:
        """From schedules alone, exact for any date from 1970 to 9998. Freshness stands apart, in a contact's status."""
        try:
            moment = clock.now() if at is None else read_moment(at)
        except ValueError as error:
            return problem(400, detail=f"{str(error)[:1].upper()}{str(error)[1:]}.")  # type: ignore[return-value]
        return Ready(await companions.open_at(moment))

    @get("/contacts/{name:str}", include_in_schema=False)
    async def card_or_calendar(name: FromPath[str]) -> Response[bytes]:
        return await made(f"/contacts/{name}")

    @get("/contacts/neutre/{name:str}", include_in_schema=False)
    async def neutral_card(name: FromPath[str]) -> Response[bytes]:
        return await made(f"/contacts/neutre/{name}")

    @get("/affiche/", include_in_schema=False)
    async def poster() -> Response[bytes]:
        return await made("/affiche/")

    @get("/organismes/{id:str}/affiche/", include_in_schema=False)
    async def poster_of(id: FromPath[str]) -> Response[bytes]:
        return await made(f"/organismes/{id}/affiche/")

    @get("/affiche.css", include_in_schema=False)
    async def poster_style() -> Response[bytes]:
        return await made("/affiche.css")

    return [
        poster,
        poster_style,
        poster_of,
        contacts,
        contact,
        organisations,
        open_at,
        card_or_calendar,
        neutral_card,
        *_described(shelf),
    ]


def _described(shelf: Callable[[], Shelf]) -> list[ControllerRouterHandler]:
    """The public side answers these before they reach us; they stand here for `/schema`."""

    @get(f"{API}/edition-key", summary="Keys that sign editions", responses=_told(shapes.Keys))
    async def edition_key() -> Response[shapes.Keys]:
        return Ready(shelf().answers[f"{API}/edition-key"])

    @get("/edition.json", summary="The signed manifest of the current edition", responses=_told(shapes.Manifest))
    async def manifest() -> Response[shapes.Manifest]:
        return Ready(shelf().answers["/edition.json"])

    return [edition_key, manifest]


def _told(shape: Any, example: Any = None, missing: bool = False) -> dict[int, ResponseSpec]:
    # As text: Litestar leaves the nulls of an example out, which are part of the answer.
    raw = msgspec.Raw(json.dumps(example, ensure_ascii=False).encode())
    examples = None if example is None else [Example(summary="Example", value=raw)]
    faults = {400: "The request cannot be read", 503: "The content cannot be read now: try again"}
    if missing:
        faults[404] = "No contact of that id"
    return {
        200: ResponseSpec(shape, generate_examples=False, description="Carries an ETag", examples=examples),
        **{
            status: ResponseSpec(Problem, generate_examples=False, description=words, media_type=PROBLEM)
            for status, words in faults.items()
        },
    }

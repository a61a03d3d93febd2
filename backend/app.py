"""create_app(settings): the table of contents."""

from __future__ import annotations

import asyncio
import contextlib
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from backend.offline.public import PublicSide
from backend.offline.shelf import fixed_answers, load_shelf
from backend.offline.signing import load_key
from backend.offline.watch import watch_editions
from backend.settings import Settings, from_environment
from backend.storage.engine import open_engine
from backend.web.asgi import (
    App,
    Message,
    Receive,
    Scope,
    Send,
    answering_head,
    with_security_headers,
    with_staff_headers,
)
from backend.web.cors import with_open_reading

if TYPE_CHECKING:
    from litestar import Litestar


class Appui:
    """The ASGI application: the public side in front, the rooms behind it."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.engine: Engine = open_engine(settings)
        self._fixed = fixed_answers([load_key(settings.keys_dir).jwk])
        self.public = PublicSide(load_shelf(self.engine, self._fixed), self._rooms)
        self._answer = with_open_reading(self.public)
        self._building: asyncio.Task[App] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        else:
            await self._answer(scope, receive, send)

    async def _rooms(self, scope: Scope, receive: Receive, send: Send) -> None:
        rooms = await asyncio.shield(self._built())
        await rooms(scope, receive, send)

    def _built(self) -> asyncio.Task[App]:
        """Once, after the start and off the event loop: reading waits for nobody's import. Again, if that failed."""
        if self._building is None or (self._building.done() and self._building.exception()):
            self._building = asyncio.create_task(asyncio.to_thread(lambda: self.rooms))
        return self._building

    @cached_property
    def rooms(self) -> App:
        """What is not read by the public, with the headers of each side."""
        return with_security_headers(with_staff_headers(answering_head(self.litestar)))  # type: ignore[arg-type]

    @cached_property
    def litestar(self) -> Litestar:
        """The rooms and their addresses."""
        from litestar import Litestar

        from backend.notices.phones import forget_phones
        from backend.notices.routes import subscription_routes
        from backend.offline.api import api_routes
        from backend.offline.companion_cache import Companions
        from backend.offline.desk.board import board
        from backend.offline.desk.reminder_routes import reminded
        from backend.offline.desk.room import Room
        from backend.offline.desk.routes import desk_routes
        from backend.offline.routes import public_routes
        from backend.offline.staff_frame import staff_frame
        from backend.staff.guards import staff_side
        from backend.staff.routes import staff_routes
        from backend.staff.space import Space
        from backend.web.errors import error_handler
        from backend.web.schema import schema_config

        companions = Companions(self.engine, self.settings.public_url, lambda: self.public.shelf.edition)
        frame, staff_asset = staff_frame()
        space = Space(self.engine, self.settings, frame, end_elsewhere=forget_phones)
        room = Room(self.engine, self.settings, space.now, space.show)
        return Litestar(
            route_handlers=[
                *public_routes(self.engine, lambda: self.public.shelf, self.settings.keys_dir),
                *api_routes(companions, lambda: self.public.shelf),
                subscription_routes(self.engine, self.settings, companions.followable),
                staff_asset,
                reminded,
                staff_side(space, [*staff_routes(space, board(room)), *desk_routes(room)]),
            ],
            exception_handlers={Exception: error_handler(self._error_page)},
            openapi_config=schema_config(),
            request_max_body_size=64 * 1024,
        )

    def _error_page(self, status: int) -> bytes | None:
        if status != 404:
            return None
        _, body = self.public.shelf.not_found.messages(())
        return bytes(body["body"])

    async def _live(self, receive: Receive, send: Send) -> None:
        watching: asyncio.Task[None] | None = None
        while True:
            message: Message = await receive()
            if message["type"] == "lifespan.startup":
                watching = asyncio.create_task(
                    watch_editions(self.engine, self.public, lambda: load_shelf(self.engine, self._fixed))
                )
                await send({"type": "lifespan.startup.complete"})
                self._built()
            elif message["type"] == "lifespan.shutdown":
                await self._built()
                if watching is not None:
                    watching.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await watching
                self.engine.dispose()
                await send({"type": "lifespan.shutdown.complete"})
                return


def create_app(settings: Settings | None = None) -> Appui:
    """The application; without settings, those of the environment (for a server's worker processes)."""
    return Appui(settings or from_environment())

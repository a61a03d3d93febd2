"""The few public addresses that are not made ready in advance."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path

from litestar import MediaType, Request, Response, get, post
from litestar.exceptions import NotFoundException
from litestar.types import ControllerRouterHandler
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from backend.notices.metrics import metric_lines
from backend.offline.editions import last_number
from backend.offline.shelf import Shelf
from backend.offline.start import TOKEN_FILE
from backend.settings import is_loopback

ERASE_HEADER = "x-effacer"


def public_routes(engine: Engine, shelf: Callable[[], Shelf], keys_dir: Path) -> list[ControllerRouterHandler]:
    @get("/healthz", include_in_schema=False, media_type=MediaType.TEXT)
    async def healthz() -> str:
        """Liveness: the process answers."""
        return "ok\n"

    @get("/readyz", include_in_schema=False, media_type=MediaType.TEXT, sync_to_thread=True)
    def readyz(request: Request) -> Response[str]:  # type: ignore[type-arg]
        """Readiness: an edition is served and the database answers."""
        allow_operator(request, keys_dir)
        try:
            with engine.connect() as connection:
                last_number(connection)  # reads a table: SELECT 1 would not touch the file
        except Exception:
            return Response(f"edition {shelf().edition}, database unreachable\n", status_code=503)
        return Response(f"edition {shelf().edition}\n")

    @get("/metrics", include_in_schema=False, media_type=MediaType.TEXT, sync_to_thread=True)
    def metrics(request: Request) -> str:  # type: ignore[type-arg]
        """Prometheus text format; nothing personal."""
        allow_operator(request, keys_dir)
        try:
            with engine.connect() as connection:
                counted = metric_lines(connection)
        except SQLAlchemyError:
            counted = []  # what is in memory is told all the same
        return "\n".join(
            [
                "# HELP appui_edition Number of the edition served.",
                "# TYPE appui_edition gauge",
                f"appui_edition {shelf().edition}",
                *counted,
                "",
            ]
        )

    @post("/effacer", include_in_schema=False, status_code=204)
    async def erase(request: Request) -> Response[None]:  # type: ignore[type-arg]
        """Has the browser drop what it keeps of this site outside our script's reach, its HTTP cache above all.

        Only for our own script: a form on another site cannot send this header, and must not be able to
        wipe somebody's phone.
        """
        if ERASE_HEADER not in request.headers:
            raise NotFoundException
        return Response(None, status_code=204, headers={"Clear-Site-Data": '"cache", "storage"'})

    return [healthz, readyz, metrics, erase]


def allow_operator(request: Request, keys_dir: Path) -> None:  # type: ignore[type-arg]
    """From this machine without a proxy in between, or with the token; to others the address does not exist."""
    client = request.client.host if request.client else ""
    forwarded = "x-forwarded-for" in request.headers or "forwarded" in request.headers
    if not forwarded and is_loopback(client):
        return
    path = keys_dir / TOKEN_FILE
    token = path.read_bytes().strip() if path.exists() else b""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if not token or scheme.lower() != "bearer" or not hmac.compare_digest(given.encode(), token):
        raise NotFoundException

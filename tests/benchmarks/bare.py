"""The least an ASGI application can do: one answer, made ready, to every request.

It sends the very messages (status, headers, bytes) that ours sends for the home page to a browser that takes Brotli.
"""

from __future__ import annotations

from backend.app import create_app
from backend.web.asgi import App, Receive, Scope, Send


def create() -> App:
    start, body = create_app().public.shelf.answers["/"].messages(("br",))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            while (await receive())["type"] != "lifespan.shutdown":
                await send({"type": "lifespan.startup.complete"})
            await send({"type": "lifespan.shutdown.complete"})
            return
        await send(start)
        await send(body)

    return app

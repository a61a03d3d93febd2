"""`/schema`: the public JSON described (OpenAPI 3.1), as a document and nothing else: no page, no script."""

from __future__ import annotations

from importlib.metadata import version
from typing import TypedDict

from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import License


class Problem(TypedDict, total=False):
    """Problem details (RFC 9457), in French."""

    type: str
    status: int
    title: str
    detail: str
    instance: str


def schema_config() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="Appui",
        version=version("appui"),
        description="Read-only JSON of an edition: organisations, contacts, when they answer. No key, no cookie. "
        "Every fact has a source and a date: show a contact as live only where `status` is `confirmed`. "
        "Beside it, what a browser of this site uses to be told of changes; no other site can call that.",
        license=License(name="EUPL-1.2", identifier="EUPL-1.2"),
        use_handler_docstrings=True,
        path="/schema",
        render_plugins=[JsonRenderPlugin()],
    )

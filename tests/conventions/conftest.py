"""The edition as it is served, read once: every page as a tree."""

from __future__ import annotations

import json

import pytest

from tests.builders import Server
from tests.markup import Element, parse

Pages = dict[str, Element]


@pytest.fixture(scope="session")
def edition(server: Server) -> dict[str, tuple[str, bytes]]:
    """Address → (media type, bytes) of everything in the edition, as it comes over HTTP."""
    signed = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    found = {}
    for url, file in signed["files"].items():
        status, headers, body = server.get(url)
        assert status == 200, url
        assert headers["content-type"] == file["type"], url
        found[url] = (file["type"], body)
    return found


@pytest.fixture(scope="session")
def pages(edition: dict[str, tuple[str, bytes]]) -> Pages:
    return {url: parse(body.decode()) for url, (type_, body) in edition.items() if type_.startswith("text/html")}

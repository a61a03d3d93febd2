"""Whatever the staff's addresses are sent, they answer with sense: no fault of ours, on either database."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from litestar.routes import HTTPRoute

from backend.app import create_app
from backend.settings import Settings
from backend.web.csrf import FIELD, HEADER, csrf_token
from tests.office import Office, Worker

Asked = tuple[str, str]
PLACES = ["%00", "a%00b", "%ED%A0%80", "a" * 3_000, "9" * 40, "..%2f.."]
WORDS = ["\0", "a\0b", "A" * 30_000, "9" * 40]
ODD: list[Any] = [None, -1, 1e308, "a\0b", "\ud800", "A" * 30_000, [[]] * 9, {"a": {"b": []}}]
NAMES = ("name", "key", "answer", "suite", "endpoint", "keys", "push_key")
# These end sessions, and the one that asks among them.
LEAVING = ("/equipe/sortir", "/equipe/moi/sortir-partout", "/equipe/moi/sessions", "/equipe/personnes")


@pytest.fixture
def addresses(settings: Settings) -> list[Asked]:
    """Method and address of every route of the staff; where something is to be named, it stands in braces."""
    application = create_app(settings)
    found: list[Asked] = []
    for route in application.litestar.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/equipe") and not route.path.startswith(LEAVING):
            for handler in route.route_handlers:
                address = next(iter(handler.paths))
                found += [(str(method), address) for method in sorted({"GET", "POST"} & set(handler.http_methods))]
    application.engine.dispose()
    assert len(found) > 60
    return found


def filled(path: str, place: str) -> str:
    return re.sub(r"\{[^}]*\}", lambda _: place, path)


def fault(worker: Worker, asked: Asked, **more: Any) -> list[str]:
    method, path = asked
    headers = {"origin": worker.office.origin, HEADER: csrf_token(worker.token)}
    status = worker._send(method, path, headers, **more).status_code
    return [f"{method} {path[:80]} {status}"] if status >= 500 else []


def test_odd_words_in_addresses(opened: Office, addresses: list[Asked]) -> None:
    worker = opened.worker("administrator")
    asked = [(method, filled(path, place)) for method, path in addresses if "{" in path for place in PLACES]
    assert [found for one in asked for found in fault(worker, one)] == []


def test_odd_json(opened: Office, addresses: list[Asked]) -> None:
    worker = opened.worker("administrator")
    bodies = [json.dumps(dict.fromkeys(NAMES, value)) for value in ODD] + [
        '{"name": 1' + "0" * 5_000 + "}",
        "[" * 5_000,
    ]
    asked = [("POST", filled(path, "a")) for method, path in addresses if method == "POST"]
    assert [found for one in asked for body in bodies for found in fault(worker, one, content=body)] == []


def test_odd_words_in_forms(opened: Office, addresses: list[Asked]) -> None:
    worker = opened.worker("administrator")
    asked = [("POST", filled(path, "a")) for method, path in addresses if method == "POST"]
    for one in asked:
        names = re.findall(r"name=\"([^\"]+)\"", worker._send("GET", one[1]).text) or ["note"]
        for word in WORDS:
            assert fault(worker, one, data=dict.fromkeys(names, word) | {FIELD: csrf_token(worker.token)}) == []

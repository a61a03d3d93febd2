"""The addresses of subscriptions over real HTTP: shapes of the contract, other sites kept out, told by /schema."""

from __future__ import annotations

import http.client
import json
from typing import Any

import jsonschema
import pytest

from backend.web.headers import SECURITY_HEADERS
from tests.builders import Server, http_get
from tests.subscribers import PLACE, Browser

KEY = "/api/v1/push-key"


def send(server: Server, method: str, path: str, value: Any, **headers: str) -> tuple[int, dict[str, str], Any]:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    line.request(method, path, json.dumps(value), {"Content-Type": "application/json", **headers})
    answer = line.getresponse()
    body = answer.read()
    return answer.status, {k.lower(): v for k, v in answer.getheaders()}, json.loads(body) if body else None


def test_the_key_is_never_cached(server: Server) -> None:
    status, headers, body = server.get(KEY)
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert list(json.loads(body)) == ["key"]
    assert len(json.loads(body)["key"]) == 87


def test_the_real_contacts_can_be_followed_but_not_the_closed(server: Server) -> None:
    status, headers, body = send(server, "POST", PLACE, Browser("http").wish("3018", "3919"))
    assert (status, body) == (202, {"pending_seconds": 600})
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    for name, value in SECURITY_HEADERS.items():
        assert headers[name.lower()] == value
    for contacts in (["dcdf"], ["3018", "nobody"], []):
        status, headers, problem = send(server, "POST", PLACE, {**Browser("http").wish(), "contacts": contacts})
        assert (status, headers["content-type"]) == (400, "application/problem+json")
        assert (problem["status"], problem["type"]) == (400, "about:blank")
        assert "contacts" in problem["detail"]


@pytest.mark.parametrize("path", [PLACE, f"{PLACE}/activate", f"{PLACE}/"])
def test_no_other_site_can_call_or_read(server: Server, path: str) -> None:
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST",
             "Access-Control-Request-Headers": "content-type"}  # fmt: skip
    _, headers, _ = http_get(server.url + path, asked, method="OPTIONS")
    assert not [name for name in headers if name.startswith("access-control-")]
    _, headers, _ = send(server, "POST", path, Browser("x").wish(), Origin="https://evil.example")
    assert not [name for name in headers if name.startswith("access-control-")]
    # What a form, or a script that asks nobody, can send.
    for type_ in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        value = Browser("x").wish()
        assert send(server, "POST", path, value, **{"Content-Type": type_})[0] == 415


def test_a_body_too_large_and_an_unknown_method_are_problems(server: Server) -> None:
    status, headers, problem = send(server, "POST", PLACE, "x" * 9000)
    assert (status, headers["content-type"], problem["status"]) == (413, "application/problem+json", 413)
    assert send(server, "GET", PLACE, None)[0] == 405
    assert send(server, "PATCH", PLACE, {})[0] == 405


def test_the_schema_tells_them_as_they_are(server: Server) -> None:
    schema = json.loads(server.get("/schema")[2])
    paths = schema["paths"]
    assert {(path, method) for path in (PLACE, f"{PLACE}/activate", KEY) for method in paths[path]} == {
        (PLACE, "post"), (PLACE, "put"), (PLACE, "delete"), (f"{PLACE}/activate", "post"), (KEY, "get"),
    }  # fmt: skip
    wish = paths[PLACE]["post"]["requestBody"]["content"]["application/json"]["schema"]
    _validate(schema, wish, Browser("a").wish())
    with pytest.raises(jsonschema.ValidationError):
        _validate(schema, wish, {**Browser("a").wish(), "id": 1})
    told = paths[PLACE]["post"]["responses"]["202"]["content"]["application/json"]["schema"]
    _validate(schema, told, send(server, "POST", PLACE, Browser("schema").wish("3018"))[2])
    for status in ("400", "413", "415", "429", "503"):
        assert list(paths[PLACE]["post"]["responses"][status]["content"]) == ["application/problem+json"]
    _validate(
        schema,
        paths[f"{PLACE}/activate"]["post"]["responses"]["404"]["content"]["application/problem+json"]["schema"],
        send(server, "POST", f"{PLACE}/activate", {"token": "x"})[2],
    )


def _validate(schema: dict[str, Any], part: dict[str, Any], value: Any) -> None:
    jsonschema.Draft202012Validator({**part, "components": schema["components"]}).validate(value)

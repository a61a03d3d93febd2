"""Every route of the staff space, whoever mounts it: what it needs is declared, held to, and nothing is forged."""

from __future__ import annotations

import json
import re
import secrets
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from backend.app import create_app
from backend.settings import from_environment
from backend.staff.guards import need_of
from backend.staff.policy import Need, allows
from backend.web.csrf import FIELD, HEADER, csrf_token
from backend.web.errors import PROBLEM
from tests.builders import Server, http_answer, http_get
from tests.staffing import StaffClient, staff_client

OWN, OTHER = "cidff-95", "e-enfance"
SAFE = {"GET", "HEAD", "OPTIONS"}


@pytest.fixture(scope="module")
def desk_server(tmp_path_factory: pytest.TempPathFactory, first_start: Any) -> Iterator[Server]:
    import shutil

    from tests.builders import running_server

    folder = tmp_path_factory.mktemp("desk") / "var"
    shutil.copytree(first_start, folder)
    with running_server(folder) as running:
        yield running


@pytest.fixture(scope="module")
def routes(desk_server: Server) -> list[tuple[str, str, HTTPRouteHandler]]:
    """Method, address and handler of everything under /equipe."""
    given = {name: value for name, value in desk_server.environment.items() if name.startswith("APPUI_")}
    application = create_app(from_environment(given))
    found: list[tuple[str, str, HTTPRouteHandler]] = []
    for route in application.litestar.routes:
        if isinstance(route, HTTPRoute) and route.path.startswith("/equipe"):
            for handler in route.route_handlers:
                methods = sorted(set(handler.http_methods) - {"OPTIONS"})
                found += [(str(method), route.path, handler) for method in methods]
    application.engine.dispose()
    assert len(found) > 20
    return found


def concrete(path: str) -> str:
    """The address with something in each place: a number where one is wanted."""
    return re.sub(r"\{[^}]*:int\}", "999999", re.sub(r"\{[^}]*:(?!int)[^}]*\}", "rien-de-tel", path))


def slashed(path: str, handler: HTTPRouteHandler) -> str:
    written = next(iter(handler.paths))
    return path + "/" if written.endswith("/") and not path.endswith("/") else path


@pytest.fixture(scope="module")
def clients(desk_server: Server) -> dict[str, StaffClient]:
    return {
        "editor": staff_client(desk_server, "editor", OWN),
        "approver": staff_client(desk_server, "approver", OWN),
        "manager": staff_client(desk_server, "manager", OWN),
        "stranger": staff_client(desk_server, "editor", OTHER),
        "administrator": staff_client(desk_server, "administrator"),
    }


def test_every_route_declares_what_it_needs(routes: list[tuple[str, str, HTTPRouteHandler]]) -> None:
    for _, _, handler in routes:
        assert isinstance(need_of(handler), Need)


OPEN = {"/equipe", "/equipe/connexion", "/equipe/connexion/options", "/equipe/secours"}


def test_what_needs_nothing_is_the_way_in_alone(routes: list[tuple[str, str, HTTPRouteHandler]]) -> None:
    ways_in = {path for _, path, handler in routes if need_of(handler) is Need.NOTHING}
    assert {path for path in ways_in if not path.startswith("/equipe/invitation/")} == OPEN


def test_each_route_holds_to_its_need(
    routes: list[tuple[str, str, HTTPRouteHandler]], clients: dict[str, StaffClient], desk_server: Server
) -> None:
    """By role, and for nobody: refused exactly where the policy says so (routes that end sessions last)."""
    ending = ("/equipe/sortir", "/equipe/moi/sortir-partout")
    for method, path, handler in routes:
        address, need = slashed(concrete(path), handler), need_of(handler)
        if need is not Need.NOTHING:
            status = http_answer(urllib.request.Request(desk_server.url + address, method=method))[0]
            assert status in (303, 401, 403), (method, path, status)
        if path in ending:
            continue
        for who, client in clients.items():
            status, _, body = (
                client.post(address, {"organisation": OWN})
                if method == "POST"
                else client.send(method, address, None, {})
            )
            if handler.opt.get("of"):
                assert status in (303, 403, 404, 422, 200), (who, method, path, status)
                continue
            refused = status == 403 and "Votre rôle ne permet pas cela" in body.decode("utf-8", "replace")
            assert status < 500, (who, method, path, status)
            if not allows(client.person, need):
                assert refused or status == 404, (who, method, path, status)
            elif path != "/equipe/personnes/{id_:str}/retirer":
                assert not refused or path.startswith("/equipe/moi/cles"), (who, method, path, status)


def forgeries(client: StaffClient, other: StaffClient) -> dict[str, tuple[bytes, dict[str, str]]]:
    """Bodies and headers of requests that no page of ours would make, with the victim's cookie."""

    def form(token: str | None) -> bytes:
        return f"{FIELD}={token}".encode() if token is not None else b"x=1"

    good, origin = csrf_token(client.token), client.origin
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    flipped = ("A" if good[0] != "A" else "B") + good[1:]
    return {
        "no token": (form(None), {"Origin": origin, **kind}),
        "empty token": (form(""), {"Origin": origin, **kind}),
        "garbage": (form("x" * 86), {"Origin": origin, **kind}),
        "huge token": (form("A" * 20_000), {"Origin": origin, **kind}),
        "flipped": (form(flipped), {"Origin": origin, **kind}),
        "another's token": (form(csrf_token(other.token)), {"Origin": origin, **kind}),
        "token of a made-up session": (form(csrf_token(secrets.token_urlsafe(32))), {"Origin": origin, **kind}),
        "no origin": (form(good), kind),
        "null origin": (form(good), {"Origin": "null", **kind}),
        "another origin": (form(good), {"Origin": "https://evil.example", **kind}),
        "origin by prefix": (form(good), {"Origin": origin + ".evil.example", **kind}),
        "another port": (form(good), {"Origin": origin[:-1] + ("1" if origin[-1] != "1" else "2"), **kind}),
        "https for http": (form(good), {"Origin": origin.replace("http:", "https:"), **kind}),
        "cross-site": (form(good), {"Origin": origin, "Sec-Fetch-Site": "cross-site", **kind}),
        "same-site": (form(good), {"Origin": origin, "Sec-Fetch-Site": "same-site", **kind}),
        "text body": (form(good), {"Origin": origin, "Content-Type": "text/plain"}),
        "header of another": (b"{}", {"Origin": origin, HEADER: csrf_token(other.token)}),
        "token in the address": (b"", {"Origin": origin}),
    }


def test_no_forged_request_is_accepted(routes: list[tuple[str, str, HTTPRouteHandler]], desk_server: Server) -> None:
    client, other = (staff_client(desk_server, "administrator", name=name) for name in ("Victime", "Autre"))
    unsafe = [(path, handler) for method, path, handler in routes if method not in SAFE]
    assert len(unsafe) >= 15
    for path, handler in unsafe:
        for name, (body, headers) in forgeries(client, other).items():
            address = slashed(concrete(path), handler)
            asked = f"{address}?{FIELD}={csrf_token(client.token)}" if name == "token in the address" else address
            status, _, answer = client.send("POST", asked, body, headers)
            assert status == 403, (path, name, status)
            assert b"ne vient pas d" in answer or b"problem" in answer or b"detail" in answer, (path, name)
    assert client.get("/equipe/moi/")[0] == 200  # signing out was forged too, in vain


def test_planted_and_worn_out_sessions_open_nothing(desk_server: Server) -> None:
    client = staff_client(desk_server, "administrator")
    name, good = client.name, client.token
    planted = {
        "invented": f"{name}={secrets.token_urlsafe(32)}",
        "short": f"{name}=1",
        "null": f"{name}=null",
        "empty": f"{name}=",
        "twice": f"{name}={secrets.token_urlsafe(32)}; {name}={good}",
        "twice, good first": f"{name}={good}; {name}={secrets.token_urlsafe(32)}",
        "visit cookie": f"equipe-visite={good}",
        "other name": f"session={good}",
        "prefixed": f"__Secure-{name}={good}",
        "quoted": f'{name}="{good}"',
        "longer": f"{name}={good}A",
        "cut": f"{name}={good[:-1]}",
        "case": f"{name}={good.swapcase()}",
        "hash": f"{name}={__import__('hashlib').sha256(good.encode()).hexdigest()[:43]}",
    }
    for how, cookie in planted.items():
        status, headers, _ = desk_server.get("/equipe/moi/", Cookie=cookie)
        assert (status, headers.get("location", "")[:9]) == (303, "/equipe/?"), how
        # An id that we did not give is never taken over.
        assert good not in headers.get("set-cookie", ""), how
    # Signed out, the same cookie is nobody's; another of the same person lives.
    twin = staff_client(desk_server, "administrator")
    assert client.post("/equipe/sortir/")[0] == 303
    assert client.get("/equipe/moi/")[0] == 303
    assert twin.get("/equipe/moi/")[0] == 200
    assert twin.post("/equipe/moi/sortir-partout/")[0] == 303
    assert twin.get("/equipe/moi/")[0] == 303


def test_asking_which_methods_there_are_is_no_fault_of_ours(
    routes: list[tuple[str, str, HTTPRouteHandler]], desk_server: Server
) -> None:
    for _, path, handler in routes:
        status, headers, body = http_get(desk_server.url + slashed(concrete(path), handler), method="OPTIONS")
        assert (status, body) == (204, b""), path
        assert "OPTIONS" in headers["allow"]
        assert headers["cache-control"] == "no-store"


def test_json_that_is_too_large_is_told_as_a_problem(desk_server: Server) -> None:
    client = staff_client(desk_server, "administrator")
    own = {"Origin": client.origin, HEADER: csrf_token(client.token), "Content-Type": "application/json"}
    status, headers, body = client.send("POST", "/equipe/confirmer/", b'"' + b"a" * 70_000 + b'"', own)
    assert (status, headers["content-type"]) == (413, PROBLEM)
    assert json.loads(body)["status"] == 413


def test_guessed_invitations_open_nothing(desk_server: Server) -> None:
    statuses = {desk_server.get(f"/equipe/invitation/{secrets.token_urlsafe(32)}/")[0] for _ in range(40)}
    assert statuses == {410, 429}


def test_readers_never_meet_the_cookie(desk_server: Server) -> None:
    for path in ("/", "/guides/", "/contacts/", "/healthz", "/introuvable", "/api/v1/contacts", "/assets/nothing"):
        assert "set-cookie" not in desk_server.get(path)[1], path
    cookie = desk_server.get("/equipe/")[1]["set-cookie"]
    assert "Path=/equipe" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie


def test_a_manager_reaches_no_other_organisation(desk_server: Server) -> None:
    """In the body, where no address says whose it is."""
    manager = staff_client(desk_server, "manager", OWN)
    stranger = staff_client(desk_server, "editor", OTHER)
    for fields in ({"role": "manager", "organisation": OTHER}, {"role": "administrator"}):
        status, _, body = manager.post("/equipe/personnes/inviter/", fields)
        assert status == 403, fields
        assert b"invitation/" not in body
    status = manager.post(f"/equipe/personnes/{stranger.person.id}/role/", {"role": "", "organisation": OTHER})[0]
    assert status == 403
    taken = manager.post(f"/equipe/personnes/{stranger.person.id}/role/", {"role": "editor", "organisation": OWN})[0]
    assert taken == 404
    assert stranger.get("/equipe/moi/")[0] == 200
    forged = replace(manager, token=stranger.token)
    assert forged.get("/equipe/personnes/")[0] == 403


def test_a_flood_at_the_door_keeps_nobody_out(desk_server: Server) -> None:
    """Forged addresses gain nothing, the other doors stay open, and nothing of it is written down."""
    client = staff_client(desk_server, "administrator")
    visit = desk_server.get("/equipe/")[1]["set-cookie"].split(";")[0].partition("=")[2]
    flood = replace(client, name="equipe-visite", token=visit)
    fields = [
        flood.post("/equipe/connexion/options", None, **{"X-Forwarded-For": f"198.51.100.{n}"}) for n in range(60)
    ]
    statuses = [answer[0] for answer in fields]
    assert statuses.count(429) >= 30
    assert {client.get("/equipe/moi/")[0] for _ in range(20)} == {200}
    log = desk_server.log.read_text()
    assert [told for told in ("198.51.100", client.token, visit, client.person.name) if told in log] == []

"""The public side over real HTTP: headers, tags, encodings, addresses, errors."""

from __future__ import annotations

import gzip
import hashlib
import json
import socket
import time

import brotli
import pytest

from backend.offline.answers import accepted_encodings
from backend.web.headers import SECURITY_HEADERS
from tests.builders import Server, http_get

PLACES = [
    "/", "/guides/", "/guides/temoin/", "/contacts/", "/contacts/3018/", "/contacts/dcdf/", "/avis/", "/reglages/",
    "/sources/", "/hors-ligne/", "/recherche/", "/installer/", "/i/carnet/", "/sortie/", "/quitter/",
]  # fmt: skip
ERRORS = ["/nulle-part/", "/guides/../../etc/passwd", "/contacts/9999/", "/b/" + "0" * 64, "/api/v1/nothing"]
OTHERS = ["/edition.json", "/sw.js", "/i/carnet/manifest.webmanifest", "/healthz", "/api/v1/edition-key"]


@pytest.mark.parametrize("path", PLACES)
def test_every_address_of_the_contract_answers(server: Server, path: str) -> None:
    status, headers, body = server.get(path)
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert body.startswith(b"<!doctype html>") or body.startswith(b"<!DOCTYPE html>")


@pytest.mark.parametrize("path", PLACES + ERRORS + OTHERS)
def test_every_answer_carries_the_headers_and_no_cookie(server: Server, path: str) -> None:
    _, headers, _ = server.get(path)
    for name, value in SECURITY_HEADERS.items():
        assert headers[name.lower()] == value
    assert "set-cookie" not in headers
    assert "server" not in headers
    assert "cache-control" in headers


def test_so_do_errors_of_every_method(server: Server) -> None:
    for method in ("POST", "PUT", "DELETE", "PATCH", "OPTIONS"):
        status, headers, _ = http_get(server.url + "/guides/", method=method)
        assert status == (404 if method == "OPTIONS" else 405)
        assert method == "OPTIONS" or headers["allow"] == "GET, HEAD"
        assert headers["content-security-policy"] == SECURITY_HEADERS["Content-Security-Policy"]


def test_a_tag_saves_the_second_download(server: Server) -> None:
    for path in ("/", "/edition.json", "/sw.js"):
        _, headers, _ = server.get(path)
        status, again, body = server.get(path, **{"If-None-Match": f'"other", {headers["etag"]}'})
        assert (status, body) == (304, b"")
        assert again["etag"] == headers["etag"]
        assert server.get(path, **{"If-None-Match": '"other"'})[0] == 200


def test_compressed_answers_are_the_same_bytes(server: Server) -> None:
    _, _, plain = server.get("/guides/temoin/")
    _, headers, packed = server.get("/guides/temoin/", **{"Accept-Encoding": "gzip"})
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == plain
    _, headers, packed = server.get("/guides/temoin/", **{"Accept-Encoding": "gzip, br"})
    assert headers["content-encoding"] == "br"
    assert brotli.decompress(packed) == plain
    assert "accept-encoding" in headers["vary"]
    assert "HX-Request" not in headers["vary"]


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (b"", ()),
        (b"gzip, deflate, br, zstd", ("br", "gzip")),
        (b"br;q=0, gzip;q=0.5", ("gzip",)),
        (b"*", ("br", "gzip")),
        (b"*;q=0", ()),
        (b"gzip;q=junk", ()),
        (b"\xff\xfe", ()),
    ],
)
def test_encodings_are_read_as_the_rfc_says(header: bytes, expected: tuple[str, ...]) -> None:
    assert accepted_encodings(header) == expected


def test_head_has_no_body_and_a_missing_slash_is_forgiven(server: Server) -> None:
    status, headers, body = http_get(server.url + "/guides/", method="HEAD")
    assert (status, body) == (200, b"")
    assert int(headers["content-length"]) > 0
    status, headers, _ = server.get("/guides")
    assert (status, headers["location"]) == (308, "/guides/")


def test_an_unknown_address_is_a_page_and_for_programs_a_problem(server: Server) -> None:
    status, headers, body = server.get("/nulle-part/")
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert "17" in body.decode()
    status, headers, body = server.get("/api/v1/nothing")
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert json.loads(body)["status"] == 404


def test_blobs_are_data_never_pages_and_kept_for_ever(server: Server) -> None:
    outer = json.loads(server.get("/edition.json")[2])
    files = json.loads(outer["signed"])["files"]
    entry = files["/guides/temoin/"]
    _, headers, body = server.get(f"/b/{entry['sha256']}")
    assert headers["content-type"] == "application/octet-stream"
    assert "immutable" in headers["cache-control"]
    assert hashlib.sha256(body).hexdigest() == entry["sha256"]
    _, headers, _ = server.get("/sw.js")
    assert headers["cache-control"] == "no-cache"


def test_a_bundle_is_the_blobs_one_after_another(server: Server) -> None:
    manifest = json.loads(json.loads(server.get("/edition.json")[2])["signed"])
    _, _, bundle = server.get(f"/bundle/{manifest['edition']}")
    sizes = {entry["sha256"]: entry["size"] for entry in manifest["files"].values()}
    position = 0
    for sha256, size in sizes.items():
        assert hashlib.sha256(bundle[position : position + size]).hexdigest() == sha256
        position += size
    assert position == len(bundle)


def test_operators_addresses_are_hidden_behind_a_proxy(server: Server) -> None:
    for path in ("/readyz", "/metrics"):
        assert server.get(path)[0] == 200
        assert server.get(path, **{"X-Forwarded-For": "203.0.113.9"})[0] == 404
        token = (server.data_dir / "keys" / "metrics-token").read_text().strip()
        behind = {"X-Forwarded-For": "203.0.113.9", "Authorization": f"Bearer {token}"}
        assert server.get(path, **behind)[0] == 200
        assert server.get(path, **{**behind, "Authorization": f"bearer {token}"})[0] == 200, "RFC 9110, 11.1"
        assert server.get(path, **{**behind, "Authorization": token})[0] == 404
        assert server.get(path, **{**behind, "Authorization": "Bearer é".encode().decode("latin-1")})[0] == 404


def test_erasing_asks_the_browser_to_drop_its_own_cache_for_our_script_alone(server: Server) -> None:
    """A form on another site can post, but cannot send this header: it must not wipe somebody's phone."""
    status, headers, _ = http_get(server.url + "/effacer", {"X-Effacer": "1"}, method="POST")
    assert (status, headers["clear-site-data"]) == (204, '"cache", "storage"')
    for method, extra in (("POST", {}), ("POST", {"Origin": "https://evil.example"}), ("GET", {"X-Effacer": "1"})):
        status, headers, _ = http_get(server.url + "/effacer", extra, method=method)
        assert status in (404, 405)
        assert "clear-site-data" not in headers
    status, headers, _ = http_get(
        server.url + "/effacer",
        {"Origin": "https://evil.example", "Access-Control-Request-Headers": "x-effacer"},
        method="OPTIONS",
    )
    assert "access-control-allow-origin" not in headers


def test_a_redirect_keeps_the_query_and_carries_the_headers(server: Server) -> None:
    status, headers, _ = server.get("/recherche?q=x")
    assert (status, headers["location"]) == (308, "/recherche/?q=x")
    for name, value in SECURITY_HEADERS.items():
        assert headers[name.lower()] == value
    assert headers["cache-control"] == "no-cache"


def test_monstrous_headers_are_not_looked_at(server: Server) -> None:
    for number in range(3):
        many = ",".join(f"x{number}-{n}" for n in range(4000))
        assert server.get("/", **{"Accept-Encoding": many + ", br", "If-None-Match": many})[0] == 200


def test_an_empty_or_missing_token_opens_nothing(own_server: Server) -> None:
    token = own_server.data_dir / "keys" / "metrics-token"
    token.write_text("")
    assert own_server.get("/readyz", **{"X-Forwarded-For": "203.0.113.9"})[0] == 404
    token.unlink()
    assert own_server.get("/readyz", **{"X-Forwarded-For": "203.0.113.9", "Authorization": "Bearer "})[0] == 404


def test_who_hangs_up_in_the_middle_of_a_body_writes_nothing_in_the_log(own_server: Server) -> None:
    for _ in range(3):
        with socket.create_connection(("127.0.0.1", own_server.port)) as half:
            half.sendall(
                b"POST /api/v1/subscriptions HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                b"Content-Length: 99\r\n\r\n{"
            )
    time.sleep(0.5)
    assert own_server.get("/healthz")[0] == 200
    assert "error" not in own_server.log.read_text().lower()


def test_nothing_about_a_visit_is_written_down(server: Server) -> None:
    server.get(
        "/contacts/3919/?de=canari-0612345678", **{"User-Agent": "canari-agent", "X-Forwarded-For": "198.51.100.7"}
    )
    server.get("/nulle-part-canari/", **{"Referer": "http://canari.example/"})
    assert "canari" not in server.log.read_text()
    assert "127.0.0.1:" not in server.log.read_text().replace(f"127.0.0.1:{server.port}", "")

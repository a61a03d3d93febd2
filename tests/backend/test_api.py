"""The public JSON, contact cards and calendars over real HTTP, and what /schema says of them."""

from __future__ import annotations

import gzip
import json
import shutil
import sqlite3
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import brotli
import jsonschema
import pytest

from backend import clock
from backend.offline.api import A_CONTACT, A_STANDING
from backend.offline.companions import API, companion, companion_urls, read_directory
from backend.permanences.compile import compile_schedule, contract_intervals
from backend.permanences.moment_reading import read_moment
from backend.permanences.opening import state_at
from backend.permanences.paris_time import moment_of
from backend.permanences.public_json import standing_json
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.week_words import hours_text
from backend.storage.documents import Document
from backend.web.headers import SECURITY_HEADERS
from tests.backend.reimport import calendar_walls, clipped
from tests.builders import Server, http_get
from tests.journeys.waiting import wait_until

TODAY = clock.paris_day(clock.now())
JSON_PLACES = ("/contacts", "/contacts/3018", "/contacts/dcdf", "/organisations", "/open", "/edition-key")
PLACES = [f"{API}{place}" for place in JSON_PLACES] + ["/contacts/3018.vcf", "/contacts/3018.ics", "/schema"]
CONTRACT_KEYS = [
    "id", "organisation", "kind", "value", "label", "status", "confirmed_on", "confirm_by", "source", "cost",
    "languages", "audience", "schedule", "hours_text", "intervals", "successors",
]  # fmt: skip


def _json(server: Server, path: str) -> Any:
    status, headers, body = server.get(path)
    assert status == 200
    assert "json" in headers["content-type"]
    return json.loads(body)


def _problem(server: Server, path: str, method: str = "GET") -> dict[str, Any]:
    status, headers, body = http_get(server.url + path, method=method)
    assert headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(body)
    assert problem["status"] == status
    return problem


def test_contacts_are_those_of_the_contract(server: Server) -> None:
    contacts = _json(server, f"{API}/contacts")["contacts"]
    assert len(contacts) > 20
    for contact in contacts:
        assert list(contact) == CONTRACT_KEYS
        assert server.get(f"/contacts/{contact['id']}/")[0] == 200
    assert _json(server, f"{API}/contacts/3018") == next(item for item in contacts if item["id"] == "3018")


def test_intervals_are_those_of_the_schedule_for_twelve_weeks(server: Server) -> None:
    told = 0
    for contact in _json(server, f"{API}/contacts")["contacts"]:
        if contact["schedule"] is None:
            assert contact["intervals"] == []
            continue
        schedule = schedule_from_json(contact["schedule"])
        assert contact["intervals"] == contract_intervals(compile_schedule(schedule, TODAY))
        told += 1
    assert told > 10


def test_nothing_dead_is_live(server: Server) -> None:
    contacts = {item["id"]: item for item in _json(server, f"{API}/contacts")["contacts"]}
    closed, withdrawn = contacts["dcdf"], contacts["116000"]
    assert (closed["status"], closed["value"], closed["schedule"], closed["hours_text"]) == ("closed", None, None, None)
    assert closed["successors"]
    assert set(closed["successors"]) <= contacts.keys()
    assert (withdrawn["status"], withdrawn["value"]) == ("withdrawn", None)
    organisation = next(o for o in _json(server, f"{API}/organisations")["organisations"] if o["id"] == "dcdf")
    assert organisation["closed_on"]
    assert organisation["website"] is None
    for ending in ("vcf", "ics"):
        status, headers, body = server.get(f"/contacts/dcdf.{ending}")
        assert (status, headers["content-type"]) == (410, "text/plain; charset=utf-8")
        assert "/contacts/dcdf/" in body.decode()
    assert server.get("/contacts/neutre/116000.vcf")[0] == 410


def test_open_answers_now_and_at_a_moment(server: Server) -> None:
    contacts = {item["id"]: item for item in _json(server, f"{API}/contacts")["contacts"]}
    assert {item["id"] for item in _json(server, f"{API}/open")["contacts"]} == contacts.keys()
    told = _json(server, f"{API}/open?at=" + quote("2031-07-14T10:00:00+02:00"))
    assert told["at"] == "2031-07-14T08:00:00Z"
    assert _json(server, f"{API}/open?at=2031-07-14T10:00:00+02:00") == told  # the + not encoded
    moment = moment_of(32_350_560)
    for item in _json(server, f"{API}/open?at={moment:%Y-%m-%dT%H:%M:%SZ}")["contacts"]:
        written = contacts[item["id"]]["schedule"]
        assert item["state"] == state_at(schedule_from_json(written) if written else None, moment).state


@pytest.mark.parametrize(
    "at",
    ["", "x", "2026-11-23", "2026-11-23T10:00:00", "9999-12-31T23:59:60Z", "0000-00-00T00:00:00Z", "%ff%00", "%",
     "9" * 20_000, "2026-02-30T00:00:00Z", "%F0%9F%98%80", "2026-11-23T10:00:00Z&at=x"],
)  # fmt: skip
def test_a_bad_moment_is_a_problem_in_french(server: Server, at: str) -> None:
    assert _problem(server, f"{API}/open?at={at}")["status"] in (400, 422)


@pytest.mark.parametrize(
    "id_", ["nobody", "3018.vcf", "%00", "..%2f..%2fetc", "x" * 5_000, "%ff", "3018%20", "<b>", "neutre"]
)
def test_an_unknown_contact_is_a_problem_and_elsewhere_the_page(server: Server, id_: str) -> None:
    assert _problem(server, f"{API}/contacts/{id_}")["status"] == 404
    status, headers, _ = server.get(f"/contacts/{id_}.ics")
    assert (status, headers["content-type"]) == (404, "text/html; charset=utf-8")


@pytest.mark.parametrize("path", PLACES)
def test_every_answer_has_a_tag_the_headers_and_no_cookie(server: Server, path: str) -> None:
    status, headers, body = server.get(path)
    assert status == 200
    for name, value in SECURITY_HEADERS.items():
        assert headers[name.lower()] == value
    assert "set-cookie" not in headers
    again = http_get(server.url + path, method="HEAD")
    assert (again[0], again[1]["content-length"], again[2]) == (200, str(len(body)), b"")
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        status, headers, _ = http_get(server.url + path, method=method)
        assert status == 404 or (status, "GET" in headers["allow"]) == (405, True)


@pytest.mark.parametrize("path", [path for path in PLACES if path != "/schema" and not path.endswith("/open")])
def test_unchanged_answers_are_not_sent_again_and_travel_compressed(server: Server, path: str) -> None:
    _, headers, body = server.get(path)
    status, again, empty = server.get(path, **{"If-None-Match": headers["etag"]})
    assert (status, empty, again["etag"]) == (304, b"", headers["etag"])
    for encoding, unpack in (("gzip", gzip.decompress), ("br", brotli.decompress)):
        _, packed_headers, packed = server.get(path, **{"Accept-Encoding": encoding})
        assert (unpack(packed) if packed_headers.get("content-encoding") == encoding else packed) == body


def test_other_sites_may_read_and_nothing_more(server: Server) -> None:
    for path in (f"{API}/contacts", f"{API}/contacts/nobody", f"{API}/edition-key", "/schema"):
        headers = server.get(path, Origin="https://example.org")[1]
        assert headers["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in headers
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "GET"}
    status, headers, _ = http_get(f"{server.url}{API}/contacts", asked, method="OPTIONS")
    assert (status, headers["access-control-allow-methods"]) == (204, "GET, HEAD")
    for path in (f"{API}/subscriptions", "/", "/contacts/3018/", "/healthz"):
        for method in ("GET", "OPTIONS"):
            assert "access-control-allow-origin" not in http_get(server.url + path, asked, method=method)[1]
    assert "access-control-allow-origin" not in http_get(f"{server.url}{API}/contacts", asked, method="POST")[1]


def test_a_card_is_saved_under_a_name_of_ones_choice(server: Server) -> None:
    _, headers, body = server.get("/contacts/3018.vcf")
    assert "FN:3018" in body.decode()
    assert headers["content-disposition"] == 'inline; filename="contact.vcf"'
    neutral = server.get("/contacts/neutre/3018.vcf")[2].decode()
    assert "FN:Accueil" in neutral
    assert "Violences" not in neutral
    assert "TEL;TYPE=VOICE:3018" in neutral


def test_calendars_read_again_say_the_same_minutes(server: Server) -> None:
    for contact in _json(server, f"{API}/contacts")["contacts"]:
        if not contact["schedule"] or contact["status"] in ("closed", "withdrawn"):
            continue
        status, _, body = server.get(f"/contacts/{contact['id']}.ics")
        assert status == 200
        assert contact["label"] not in body.decode()
        ours = [(start, start + length) for start, length, _ in contact["intervals"]]
        assert clipped(calendar_walls(body.decode()), TODAY, 84) == clipped(ours, TODAY, 84), contact["id"]


def test_the_schema_tells_every_public_json_and_real_answers_follow_it(server: Server) -> None:
    schema = _json(server, "/schema")
    assert schema == _json(server, "/schema/openapi.json")
    assert schema["openapi"].startswith("3.1")
    asked = {
        f"{API}/contacts": f"{API}/contacts",
        f"{API}/contacts/{{id}}": f"{API}/contacts/3018",
        f"{API}/organisations": f"{API}/organisations",
        f"{API}/open": f"{API}/open",
        f"{API}/edition-key": f"{API}/edition-key",
        "/edition.json": "/edition.json",
    }
    assert schema["paths"].keys() >= asked.keys()
    for place, path in asked.items():
        told = schema["paths"][place]["get"]["responses"]
        content = told["200"]["content"]["application/json"]
        _validate(schema, content["schema"], _json(server, path))
        for example in content.get("examples", {}).values():
            _validate(schema, content["schema"], example["value"])
        for status in ("400", "503"):
            assert list(told[status]["content"]) == ["application/problem+json"]
    missing = schema["paths"][f"{API}/contacts/{{id}}"]["get"]["responses"]["404"]["content"]
    _validate(schema, missing["application/problem+json"]["schema"], _problem(server, f"{API}/contacts/nobody"))


def _validate(schema: dict[str, Any], part: dict[str, Any], value: Any) -> None:
    whole = {**part, "components": schema["components"]}
    jsonschema.Draft202012Validator(whole).validate(value)


def test_the_schema_refuses_what_is_not_a_contact(server: Server) -> None:
    schema = _json(server, "/schema")
    part = schema["paths"][f"{API}/contacts/{{id}}"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
    good = _json(server, f"{API}/contacts/3018")
    for bad in (
        {"status": "open"},
        {"intervals": [["x", 1, "open"]]},
        {"schedule": {"always": 1}},
        {"confirm_by": "x"},
    ):
        with pytest.raises(jsonschema.ValidationError):
            _validate(schema, part, good | bad)


def test_a_new_edition_and_a_lost_database(own_server: Server) -> None:
    assert _json(own_server, f"{API}/contacts/3018")["schedule"]["exceptions"] == []
    own_server.command("hours", "close", "3018", "--from", str(TODAY), "--until", str(TODAY + timedelta(1)))
    assert _json(own_server, f"{API}/contacts/3018")["schedule"]["exceptions"] == []  # a draft is not public
    own_server.command("publish")
    wait_until(lambda: _json(own_server, f"{API}/contacts/3018")["schedule"]["exceptions"] != [], seconds=5)
    _spoil(own_server.data_dir)
    wait_until(lambda: own_server.get("/readyz")[0] == 503, seconds=10)
    assert _json(own_server, f"{API}/open")["contacts"]  # known already: it goes on
    assert own_server.get("/contacts/3919.ics")[0] == 200


def test_without_the_database_nor_anything_known(own_server: Server) -> None:
    _spoil(own_server.data_dir)
    wait_until(lambda: own_server.get("/readyz")[0] == 503, seconds=10)
    assert _problem(own_server, f"{API}/contacts")["status"] == 503
    assert own_server.get("/contacts/3018.vcf")[0] == 503


def _spoil(data_dir: Path) -> None:
    for file in data_dir.glob("appui.sqlite3*"):
        file.write_bytes(b"\0" * 8192)  # in place: an open connection would outlive a renamed file


def test_a_mirror_has_them_too(first_start: Path, tmp_path: Path) -> None:
    shutil.copytree(first_start, tmp_path / "var")
    server, mirror = Server(tmp_path / "var"), tmp_path / "mirror"
    server.command("export", str(mirror))
    listed = json.loads((mirror / "api/v1/contacts/index.json").read_bytes())["contacts"]
    assert json.loads((mirror / "api/v1/contacts/3018").read_bytes()) in listed
    assert (mirror / "api/v1/organisations").exists()
    assert (mirror / "contacts/neutre/3018.vcf").read_bytes().startswith(b"BEGIN:VCARD")
    assert (mirror / "contacts/3018.ics").exists()
    assert not (mirror / "contacts/dcdf.vcf").exists()
    assert server.command("verify", str(mirror)).returncode == 0


def test_freshness_is_that_of_the_day_asked(val_doise: list[Document]) -> None:
    directory = read_directory(val_doise, 1, date(2026, 11, 22), "https://example.org")
    expected = ((TODAY, "confirmed"), (date(2028, 1, 1), "stale"), (date(2036, 1, 1), "withdrawn"))
    for day, state in expected:
        found = companion(directory, f"{API}/contacts/3018", day)
        assert found is not None
        told = json.loads(found.body)
        assert (told["status"], told["value"] is None) == (state, state == "withdrawn")
    card = companion(directory, "/contacts/3018.vcf", date(2036, 1, 1))
    assert card is not None
    assert card.status == 410
    assert all(companion(directory, url, TODAY) for url in companion_urls(directory) if url.startswith("/api"))


def test_an_edition_made_by_an_older_version_is_not_half_read(own_server: Server) -> None:
    with sqlite3.connect(own_server.data_dir / "appui.sqlite3") as connection:
        old = [{"kind": "contact", "id": "x", "body": '{"id": "x", "hours": "Mo-Fr"}'}]
        connection.execute("UPDATE editions SET drafts = ?", (gzip.compress(json.dumps(old).encode()),))
    assert _problem(own_server, f"{API}/contacts")["status"] == 503
    assert own_server.get("/contacts/3018/")[0] == 200


def test_the_examples_of_the_schema_agree_with_themselves() -> None:
    schedule = schedule_from_json(A_CONTACT["schedule"])
    assert hours_text(schedule) == A_CONTACT["hours_text"]
    weeks = contract_intervals(compile_schedule(schedule, date(2026, 11, 23)))
    assert weeks[: len(A_CONTACT["intervals"])] == A_CONTACT["intervals"]
    assert standing_json("3018", schedule, read_moment("2026-11-23T10:00:00+01:00")) == A_STANDING

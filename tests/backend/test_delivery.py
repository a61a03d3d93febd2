"""From a publication to the phones: a notice each, once, whoever is killed meanwhile."""

from __future__ import annotations

import json
import shutil
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from backend.notices.vault import load_vault
from tests.builders import Server, running_server
from tests.journeys.waiting import wait_until
from tests.push_service import PushService

OPEN = {"weekly": {day: [["09:00", "12:00"]] for day in ("mo", "tu", "we", "th", "fr", "sa", "su")}}


@pytest.fixture
def site(first_start: Path, tmp_path: Path, service: PushService) -> Iterator[Server]:
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var", (), None, delivers=True, **service.environment) as running:
        yield running


def post(server: Server, path: str, body: Mapping[str, object]) -> tuple[int, dict[str, str]]:
    request = urllib.request.Request(
        server.url + path, json.dumps(body).encode(), {"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=20) as answer:
        text = answer.read()
        return answer.status, json.loads(text) if text else {}


def subscribe(server: Server, service: PushService, name: str, *contacts: str) -> str:
    """As a browser does: ask, receive the token through push, bring it back; the secret."""
    browser = service.browser(name)
    body = {"endpoint": browser.endpoint, "keys": browser.keys, "contacts": list(contacts)}
    assert post(server, "/api/v1/subscriptions", body)[0] == 202
    echo = wait_until(lambda: service.messages(name), 20)[0]
    token = echo["notification"]["data"]["activation"]
    return post(server, "/api/v1/subscriptions/activate", {"token": token})[1]["secret"]


def set_hours(server: Server, contact: str, schedule: Mapping[str, object]) -> None:
    path = server.data_dir / "hours.json"
    path.write_text(json.dumps(schedule))
    server.command("hours", "set", contact, str(path))


def notices(server: Server) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(server.command("notices", "--json").stdout)
    return found


def all_done(server: Server) -> bool:
    found = notices(server)
    return bool(found) and all(line["state"] in ("done", "replaced") for line in found)


def test_a_change_reaches_who_follows_and_nobody_else(site: Server, service: PushService) -> None:
    subscribe(site, service, "alice", "3018")
    subscribe(site, service, "bea", "3919")
    set_hours(site, "3018", OPEN)
    told = site.command("publish").stdout.splitlines()
    assert told[0] == "2"
    assert told[1].startswith("notice: 3018, 1 followers")
    wait_until(lambda: len(service.messages("alice")) == 2, 20)
    notification = service.messages("alice")[1]["notification"]
    data = notification["data"]
    assert (data["contact"], data["edition"]) == ("3018", 2)
    assert data["intervals"][0][1:] == [180, "open"]
    assert notification["navigate"] == f"{site.url}/contacts/3018/"
    words = notification["title"] + notification.get("body", "") + notification["tag"]
    assert not any(telling in words.lower() for telling in ("3018", "harc", "violence", "appel", "e-enfance"))
    wait_until(lambda: all_done(site), 20)
    assert len(service.messages("bea")) == 1, "the echo alone"
    line = notices(site)[0]
    assert (line["total"], line["delivered"], line["state"]) == (1, 1, "done")
    headers = [found.headers for found in service.received if found.path == "/p/alice"][-1]
    assert headers["urgency"] in ("high", "normal")
    assert int(headers["ttl"]) > 0
    assert headers["topic"] == load_vault(site.data_dir / "keys").topic("3018")
    assert headers["authorization"].startswith("vapid t=")

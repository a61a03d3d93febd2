"""Guessing, flooding, listening: each door has its own limit, and nothing of anybody ends in a log."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from backend.settings import Settings
from backend.staff.tables import challenges, people
from backend.web.csrf import HEADER, csrf_token
from tests.builders import Server, running_server
from tests.door_flood import ENTER, OPTIONS, flood
from tests.staff_door import Browser, Door, staff_door
from tests.staffing import staff_client


@pytest.fixture
def patient(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings) as opened:
        yield opened


@pytest.fixture
def limited_door(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings, patient=False) as opened:
        yield opened


def test_guessed_invitations_open_nothing(patient: Door) -> None:
    """Beside a real one, whose first letters the guesses share."""
    real = patient.invitation()
    near = [real[: -n - 1] + "A" * n + "/" for n in range(1, 40)]
    browser = patient.browser()
    for address in [*near, *(f"/equipe/invitation/{secrets.token_urlsafe(32)}/" for _ in range(200))]:
        if address == real:
            continue
        assert browser.get(address).status_code == 410
        refused = browser.send("POST", f"{address}options", own(browser), {"name": "Inès"})
        assert refused.status_code == 403
    with patient.space.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(people)).scalar_one() == 0
    assert browser.get(real).status_code == 200  # and looking at it, however often, has not used it


def own(browser: Browser) -> dict[str, str]:
    names = browser.door.space.cookies
    return {"origin": browser.door.space.place.origin, HEADER: csrf_token(browser.cookies[names.visit])}


def test_an_invitation_serves_once_and_three_days(patient: Door) -> None:
    address, first, second = patient.invitation(), patient.browser(), patient.browser()
    one, other = patient.key(), patient.key()
    here = one.create(first.post(f"{address}options", {"name": "Inès"}).json())
    there = other.create(second.post(f"{address}options", {"name": "Mallory"}).json())
    assert first.post(address, {"name": "Inès", "answer": here}).status_code == 200
    assert second.post(address, {"name": "Mallory", "answer": there}).status_code == 403
    late = patient.invitation()
    patient.later(hours=72)
    assert patient.browser().get(late).status_code == 410


@pytest.mark.parametrize(
    ("path", "allowed", "value"),
    [(ENTER, 20, {"answer": {}}), (OPTIONS, 20, {}), ("/equipe/invitation/x/options", 20, {"name": "x"})],
)
def test_a_client_that_insists_is_asked_to_wait(limited_door: Door, path: str, allowed: int, value: object) -> None:
    browser = limited_door.browser()
    statuses = [browser.send("POST", path, own(browser), value).status_code for _ in range(allowed + 10)]
    assert 429 not in statuses[:allowed]
    assert set(statuses[allowed + 2 :]) == {429}
    # And no other door is shut by it.
    for other in {ENTER, OPTIONS, "/equipe/invitation/x/options"} - same_bucket(path):
        assert browser.send("POST", other, own(browser), value).status_code != 429
    assert browser.get("/equipe/").status_code == 200


CONFIRM, KEYS = ("/equipe/confirmer/", "/equipe/confirmer/options"), (
    "/equipe/moi/cles/", "/equipe/moi/cles/options", "/equipe/moi/cles/7/retirer/",
)  # fmt: skip


@pytest.mark.parametrize("flooded_door", [CONFIRM, KEYS])
def test_somebody_signed_in_who_insists_is_asked_to_wait_there_alone(
    limited_door: Door, flooded_door: tuple[str, ...]
) -> None:
    browser, _ = limited_door.enrolled()
    for path in flooded_door:
        statuses = [browser.post(path, {"answer": {}}).status_code for _ in range(25)]
        assert 429 in statuses, path
    others = {*CONFIRM, *KEYS, OPTIONS, ENTER} - {*flooded_door}
    assert {browser.post(path, {"answer": {}}).status_code == 429 for path in others} == {False}
    assert browser.get("/equipe/moi/").status_code == 200


def same_bucket(path: str) -> set[str]:
    return {ENTER, OPTIONS} if path in (ENTER, OPTIONS) else {path}


def test_invented_addresses_gain_no_try(limited_door: Door) -> None:
    """X-Forwarded-For counts behind a declared proxy alone."""
    browser = limited_door.browser()
    passed = 0
    for number in range(300):
        forged = own(browser) | {"x-forwarded-for": f"203.0.113.{number % 250}, 198.51.100.{number % 250}"}
        passed += browser.send("POST", ENTER, forged, {"answer": {}}).status_code != 429
    assert passed <= 22


def test_waiting_challenges_never_fill_the_database(patient: Door) -> None:
    for _ in range(5):
        browser = patient.browser()
        for _ in range(20):
            browser.send("POST", OPTIONS, own(browser), {})
        patient.later(minutes=6)
    with patient.space.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(challenges)).scalar_one() <= 20


def test_nothing_of_anybody_is_logged(own_server: Server) -> None:
    canary = "Zoé-Canari-7431"
    client = staff_client(own_server, "administrator", name=canary)
    token = secrets.token_urlsafe(32)
    agent = {"User-Agent": "Navigateur-Canari-7431"}
    client.get("/equipe/moi/", **agent)
    client.get(f"/equipe/invitation/{token}/", **agent)
    client.post("/equipe/secours/", {"code": "CODE-CANARI-7431"}, **agent)
    client.post_json(ENTER, {"answer": {"canari": "7431-reponse"}})
    client.post("/equipe/personnes/inviter/", {"role": "7431-role", "organisation": "7431-organisme"})
    client.get("/equipe/%00/7431-adresse", **agent)
    log = own_server.log.read_text()
    for word in ("7431", "Canari", client.token, token, "127.0.0.1 -"):
        assert word not in log, word


def test_a_signed_in_page_stays_quick_while_strangers_flood_the_door(
    first_start: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Short: four seconds at the pace of the long form (`--long`: 50,000 attempts in ten minutes, 84 a second)."""
    seconds = 600 if request.config.getoption("--long") else 4
    shutil.copytree(first_start, tmp_path / "var")
    with running_server(tmp_path / "var", APPUI_TRUSTED_PROXIES="127.0.0.1") as server:
        found = flood(staff_client(server, "administrator"), seconds)
    count = len(found.statuses)
    print(f"{count} attempts in {seconds} s, signed-in page: p99 {found.slowest:.0f} ms of {len(found.waits)}")
    assert found.statuses.count(200) > count / 3  # they did get through to the database
    if request.config.getoption("--long"):  # figures, on a machine that does nothing else
        assert count > seconds * 80
        assert found.slowest <= 300

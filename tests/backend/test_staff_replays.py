"""Passkeys through the routes: an answer said again is nobody's, and showing one's key again counts five minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from backend.settings import Settings
from backend.staff.tables import staff_sessions
from backend.web.csrf import HEADER
from tests.staff_door import Browser, Door, staff_door

OPTIONS, ENTER = "/equipe/connexion/options", "/equipe/connexion/"


@pytest.fixture
def door(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings) as opened:
        yield opened


def count(door: Door, table: Any) -> int:
    with door.space.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_many_replays(door: Door, pytestconfig: pytest.Config) -> None:
    """A thousand with `--long`. By whoever kept everything: the answer and the very cookie it was made for. The key is a synced one, whose
    counter stays at zero and betrays nothing: the challenge alone, spent, stands in the way."""
    _, key = door.enrolled()
    browser = door.browser()
    answer, visit = key.get(browser.post(OPTIONS).json(), step=0), dict(browser.cookies)
    headers = {"origin": door.space.place.origin, HEADER: browser.token}
    assert browser.send("POST", ENTER, headers, {"answer": answer}).status_code == 200
    before = count(door, staff_sessions)
    thief = Browser(door)
    for _ in range(1000 if pytestconfig.getoption("--long") else 100):
        thief.cookies = dict(visit)
        assert thief.send("POST", ENTER, headers, {"answer": answer}).status_code == 403
    assert count(door, staff_sessions) == before


def test_somebody_elses_key_confirms_nothing(door: Door) -> None:
    camille, _ = door.enrolled()
    _, theirs = door.enrolled("Dominique")
    door.later(minutes=6)
    answer = theirs.get(camille.post("/equipe/confirmer/options").json())
    assert camille.post("/equipe/confirmer/", {"answer": answer}).status_code == 403
    assert stale(camille)


def test_a_key_shown_again_is_fresh_for_five_minutes(door: Door) -> None:
    browser, key = door.enrolled()
    door.later(minutes=6)
    assert stale(browser)
    answer = browser.post("/equipe/confirmer/", {"answer": key.get(browser.post("/equipe/confirmer/options").json())})
    assert answer.status_code == 200
    assert not stale(browser)
    door.later(minutes=5)
    assert stale(browser)


def stale(browser: Browser) -> bool:
    """Whether a passkey is asked for before another could be added."""
    return bool(browser.post("/equipe/moi/cles/options").status_code == 403)

"""Passkeys through the routes: an answer said again is nobody's, and showing one's key again counts five minutes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from backend.settings import Settings
from backend.staff.tables import staff_sessions
from tests.staff_door import Browser, Door, staff_door

OPTIONS, ENTER = "/equipe/connexion/options", "/equipe/connexion/"


@pytest.fixture
def door(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings) as opened:
        yield opened


def count(door: Door, table: Any) -> int:
    with door.space.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_thousand_replays(door: Door) -> None:
    _, key = door.enrolled()
    browser = door.browser()
    answer = key.get(browser.post(OPTIONS).json())
    assert browser.post(ENTER, {"answer": answer}).status_code == 200
    before = count(door, staff_sessions)
    replayer = door.browser()
    statuses = {replayer.post(ENTER, {"answer": answer}).status_code for _ in range(500)}
    # From the very browser it was made for as well, signed in and out again.
    statuses |= {browser.post(ENTER, {"answer": answer}).status_code for _ in range(500)}
    assert statuses == {403}
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

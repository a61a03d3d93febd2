"""A newer notice takes the place of what has not left yet, and tells it no later."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, RowMapping, func, select, update

from backend.clock import PARIS
from backend.notices.announce import SENDING, Change, announce, preview, silence
from backend.notices.ledger import is_current
from backend.notices.message import News
from backend.notices.retrying import put_again
from backend.notices.tables import notices, retries
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import PUBLIC_URL, add_followers, open_desk
from tests.push_service import Browser

LATE = datetime(2026, 11, 25, 23, tzinfo=PARIS).astimezone(UTC)
MORNING = datetime(2026, 11, 26, 8, tzinfo=PARIS).astimezone(UTC)
IN_A_WEEK, FOR_TWO = LATE + timedelta(7), LATE + timedelta(14)


def change(begins: datetime, ends: datetime) -> Change:
    return Change(News("3018", "Fermé", []), begins, ends)


def followed(settings: Settings, engine: Engine) -> None:
    desk = open_desk(settings, engine, "127.0.0.1:1")
    add_followers(desk, "3018", [("https://127.0.0.1:1", Browser("https://127.0.0.1:1/p/alice"))])


def made(engine: Engine, edition: int, told: Change, moment: datetime) -> RowMapping:
    """Announced as it was told to the editor; what is stored of it."""
    with writing(engine).begin() as connection:
        (before,) = preview(connection, [told], moment)
        assert announce(connection, PUBLIC_URL, edition, [told], moment) == [before]
        row = connection.execute(select(notices).where(notices.c.edition == edition)).mappings().one()
        assert row["not_before"] == int(before.leaves.timestamp())
        connection.execute(update(notices).where(notices.c.edition == edition).values(state=SENDING))
    return row


def test_what_is_urgent_does_not_wait_for_the_morning_with_what_is_not(settings: Settings, engine: Engine) -> None:
    """Nobody knows, on the way, who of the followers was told already."""
    followed(settings, engine)
    made(engine, 2, change(LATE + timedelta(hours=8), LATE + timedelta(hours=12)), LATE)
    newer = made(engine, 3, change(IN_A_WEEK, FOR_TWO), LATE + timedelta(minutes=2))
    assert newer["urgency"] == "high"
    assert newer["not_before"] == int((LATE + timedelta(minutes=2)).timestamp())
    assert newer["until"] == int(FOR_TWO.timestamp())


def test_what_can_wait_does_though_something_is_on_its_way(settings: Settings, engine: Engine) -> None:
    followed(settings, engine)
    made(engine, 2, change(LATE, FOR_TWO), LATE - timedelta(days=2))  # urgent then
    made(engine, 3, change(IN_A_WEEK, FOR_TWO), LATE - timedelta(hours=3))
    newer = made(engine, 4, change(IN_A_WEEK, FOR_TWO), LATE)
    assert (newer["urgency"], newer["not_before"]) == ("normal", int(MORNING.timestamp()))


def test_it_is_kept_for_as_long_as_what_it_replaces(settings: Settings, engine: Engine) -> None:
    followed(settings, engine)
    made(engine, 2, change(IN_A_WEEK, FOR_TWO), LATE)
    newer = made(engine, 3, change(LATE, LATE + timedelta(hours=3)), LATE)
    assert newer["until"] == int(FOR_TWO.timestamp())


def test_a_change_published_in_silence_stops_words_that_are_no_longer_true(settings: Settings, engine: Engine) -> None:
    followed(settings, engine)
    made(engine, 2, change(IN_A_WEEK, FOR_TWO), LATE)
    with writing(engine).begin() as connection:
        silence(connection, [change(IN_A_WEEK, FOR_TWO)])
        states = connection.execute(select(notices.c.edition, notices.c.state)).all()
    assert states == [(2, "replaced")]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_nothing_is_put_back_behind_a_newer_notice(settings: Settings, engine: Engine) -> None:
    """Two machines: one writes down what to try again while the other publishes. (SQLite has one writer at a time.)"""
    followed(settings, engine)
    made(engine, 2, change(IN_A_WEEK, FOR_TWO), LATE)
    with engine.connect() as connection:
        (id_,) = connection.execute(select(notices.c.id)).scalars()
    with ThreadPoolExecutor(1) as elsewhere:
        with engine.begin() as connection:
            assert is_current(connection, id_)
            newer = elsewhere.submit(made, engine, 3, change(IN_A_WEEK, FOR_TWO), LATE)
            with pytest.raises(TimeoutError):
                newer.result(1)
            assert put_again(connection, id_, "https://127.0.0.1:1", [(1, 0, 0, 1)]) == 1
        newer.result(20)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(retries)).scalar_one() == 0

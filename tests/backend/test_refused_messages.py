"""A push service that refuses what we send: one refusal is counted, three in a row are our fault and lose nobody."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import Engine

from backend.notices.doctor import notice_faults
from backend.notices.lane import BATCH
from backend.notices.progress import progress, services, totals
from backend.notices.services_known import resume_service
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import LateDesk, add_followers, open_desk, stored, tell, turn
from tests.push_service import PushService


def resume(desk: LateDesk, service: PushService, refused: int = 0) -> None:
    """The operator has mended our fault, but for the `refused`-th message received; two minutes later."""
    service.reply = lambda _path, _handler: (413 if len(service.received) == refused else 201, {})
    with writing(desk.engine).begin() as connection:
        assert resume_service(connection, service.origin)
    desk.ahead = 120
    turn(desk)


@pytest.mark.parametrize("refusal", [400, 401, 403, 413])
def test_three_refusals_in_a_row_stop_a_service_and_lose_nobody(
    engine: Engine, settings: Settings, service: PushService, refusal: int
) -> None:
    service.reply = lambda _path, _handler: (refusal, {})
    desk = open_desk(settings, engine, service.host)
    ids = add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(40)])
    tell(desk)
    turn(desk)
    assert len(service.received) == 3
    with engine.connect() as connection:
        assert stored(connection) == set(ids)
        line = progress(connection)[0]
        assert (line.delivered, line.refused, line.later, line.state) == (0, 0, 40, "sending")
        assert totals(connection)["later"] == 40
        assert [found.stopped is not None for found in services(connection)] == [True]
        assert any(f"answered {refusal}" in fault for fault in notice_faults(connection, settings))
    resume(desk, service)
    with engine.connect() as connection:
        line = progress(connection)[0]
        assert (line.delivered, line.later, line.state) == (40, 0, "done")
        assert notice_faults(connection, settings) == []


def test_refusals_in_a_row_may_begin_in_another_batch_or_notice(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """The first two were counted as refused by then: once the service is stopped they wait as well."""
    good = {f"/p/{number}" for number in range(1, BATCH)}

    def reply(path: str, _handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        if path in good:
            return 201, {}
        time.sleep(0.2)  # heard after the successes sent beside it
        return 403, {}

    service.reply = reply
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "119", [(service.origin, service.browser("alone"))])
    ids = add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(1, BATCH + 4)])
    tell(desk, edition=2)
    turn(desk)
    tell(desk, "119", edition=3)
    turn(desk)
    with engine.connect() as connection:
        assert stored(connection) >= set(ids)
        lines = {line.contact: (line.delivered, line.later, line.refused, line.state) for line in progress(connection)}
    assert lines == {"3018": (BATCH - 1, 4, 0, "sending"), "119": (0, 1, 0, "sending")}
    resume(desk, service)
    with engine.connect() as connection:
        lines = {line.contact: (line.delivered, line.later, line.refused, line.state) for line in progress(connection)}
    assert lines == {"3018": (BATCH + 3, 0, 0, "done"), "119": (1, 0, 0, "done")}


@pytest.mark.parametrize(
    ("answers", "last"), [((403, {}), 3), ((429, {"Retry-After": "200"}), 1)], ids=["refused", "busy"]
)
def test_what_the_last_of_a_batch_hear_holds_for_the_next(
    engine: Engine, settings: Settings, service: PushService, answers: tuple[int, dict[str, str]], last: int
) -> None:
    """Only the database, asked again, says that a service may be sent to once more."""
    ends = {f"/p/{number}" for number in range(BATCH - last, BATCH)}

    def reply(path: str, _handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        if path not in ends:
            return 201, {}
        time.sleep(0.2)  # heard after the successes sent beside it
        return answers

    service.reply = reply
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(2 * BATCH)])
    tell(desk)
    turn(desk)
    assert len(service.received) == BATCH


def test_a_refusal_of_a_notice_that_is_done_waits_with_those_that_follow(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda _path, _handler: (401, {})
    desk = open_desk(settings, engine, service.host)
    for contact in ("119", "3018", "3919"):
        add_followers(desk, contact, [(service.origin, service.browser(contact))])
        tell(desk, contact)
        turn(desk)
    with engine.connect() as connection:
        assert {(line.later, line.refused, line.state) for line in progress(connection)} == {(1, 0, "sending")}


def test_words_that_a_newer_notice_has_replaced_never_come_back(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """Sent last, the older would be all that a push service keeps for a phone that is off."""
    service.reply = lambda _path, _handler: (403, {})
    desk = open_desk(settings, engine, service.host)
    for contact in ("3018", "119"):
        add_followers(desk, contact, [(service.origin, service.browser(contact))])
    for edition, contact in enumerate(("3018", "3018", "119"), 2):
        tell(desk, contact, edition)
        turn(desk)
    with engine.connect() as connection:
        lines = {line.edition: (line.later, line.refused, line.state) for line in progress(connection)}
    assert lines == {2: (0, 1, "done"), 3: (1, 0, "sending"), 4: (1, 0, "sending")}


def test_a_resumed_service_is_stopped_by_three_refusals_again_not_by_one(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda _path, _handler: (401, {})
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(9)])
    tell(desk)
    turn(desk)
    resume(desk, service, refused=len(service.received) + 1)  # before any success
    with engine.connect() as connection:
        line = progress(connection)[0]
    assert (line.delivered, line.refused, line.state) == (8, 1, "done")


def test_one_refusal_among_successes_is_counted_and_stops_nothing(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda path, _handler: (413, {}) if path == "/p/7" else (201, {})
    desk = open_desk(settings, engine, service.host)
    ids = add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(20)])
    tell(desk)
    turn(desk)
    with engine.connect() as connection:
        assert stored(connection) == set(ids)
        line = progress(connection)[0]
    assert (line.delivered, line.refused, line.state) == (19, 1, "done")

"""Echoes that a push service does not take: told, tried again, spread over time."""

from __future__ import annotations

from collections import defaultdict
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import pytest
from sqlalchemy import Engine, func, select

from backend.notices.activation import send_activations, take_unsent
from backend.notices.doctor import notice_faults
from backend.notices.lane import Desk
from backend.notices.outcomes import FAULTS_THAT_REST
from backend.notices.pending import PENDING_SECONDS
from backend.notices.progress import progress, services
from backend.notices.services_known import know, note_service, resume_service
from backend.notices.tables import pending_subscriptions, push_services
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import LateDesk, add_followers, open_desk, tell, turn
from tests.backend.test_echoes import asked
from tests.push_service import PushService


def tick(desk: Desk) -> None:
    """What a worker does for echoes at each look."""
    moment = desk.moment()
    with writing(desk.engine).begin() as connection:
        taken = take_unsent(connection, moment)
    for origin, digests in taken.items():
        send_activations(desk, origin, digests, moment)


def resume(desk: LateDesk, service: PushService) -> None:
    service.reply = lambda _path, _handler: (201, {})
    with writing(desk.engine).begin() as connection:
        assert resume_service(connection, service.origin)


def unsent(engine: Engine) -> int:
    query = select(func.count()).select_from(pending_subscriptions).where(~pending_subscriptions.c.sent)
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def faults(engine: Engine, settings: Settings) -> list[str]:
    """What `appui doctor` ends with an error for."""
    with engine.connect() as connection:
        return notice_faults(connection, settings)


@pytest.mark.parametrize("refusal", [400, 401, 403, 413])
def test_refused_echoes_are_told_and_leave_once_the_fault_is_mended(
    engine: Engine, settings: Settings, service: PushService, refusal: int
) -> None:
    service.reply = lambda _path, _handler: (refusal, {})
    desk = open_desk(settings, engine, service.host)
    names = [f"pupil{number}" for number in range(10)]
    for name in names:
        asked(desk, service, name)
    tick(desk)
    assert unsent(engine) == 10
    assert any(f"answered {refusal} to " in fault for fault in faults(engine, settings))
    service.reply = lambda _path, _handler: (201, {})
    desk.ahead = 60
    tick(desk)
    assert unsent(engine) == 0
    assert faults(engine, settings) == []
    assert all(service.messages(name)[-1]["notification"]["data"]["activation"] for name in names)


def test_echoes_asked_for_with_addresses_of_somebody_s_making_silence_nobody(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """Made with another site's key, say: the push service refuses each of them, and is right."""
    service.reply = lambda path, _handler: (201 if path == "/p/follower" else 403, {})
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser("follower"))])
    for number in range(10):
        asked(desk, service, f"made up {number}".replace(" ", "-"))
    tick(desk)
    tell(desk)
    turn(desk)
    with engine.connect() as connection:
        assert progress(connection)[0].delivered == 1
    assert faults(engine, settings) == [], "what was delivered since says that all is well"


def test_one_bad_endpoint_is_asked_some_times_and_stops_nothing(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda path, _handler: (400 if path == "/p/bad" else 201, {})
    desk = open_desk(settings, engine, service.host)
    for number in range(4):
        asked(desk, service, "bad")
        tick(desk)
        asked(desk, service, f"good{number}")  # a success begins a new row
        tick(desk)
    for desk.ahead in range(0, PENDING_SECONDS, 20):
        tick(desk)
    assert [found.path for found in service.received].count("/p/bad") <= 4 + 6
    assert len(service.received) <= 8 + 6
    assert faults(engine, settings) == []


def tries(desk: LateDesk, service: PushService, count: int, reply: tuple[int, dict[str, str]]) -> list[list[int]]:
    """When each of so many who ask together is sent the echo, in seconds, while the service answers so."""
    found: dict[str, list[int]] = defaultdict(list)

    def note(path: str, _handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]]:
        found[path].append(desk.moment())  # the true clock goes on too
        return reply

    service.reply = note
    for number in range(count):
        asked(desk, service, f"pupil{number}")
    for desk.ahead in range(PENDING_SECONDS + 60):
        tick(desk)
    return list(found.values())


def test_a_failing_service_is_asked_again_ever_later_and_not_by_all_at_once(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    desk = open_desk(settings, engine, service.host)
    for moments in (told := tries(desk, service, 8, (500, {}))):
        waits = [after - before for before, after in pairwise(moments)]
        assert 15 <= waits[0] <= 60
        assert all(after > before for before, after in pairwise(waits))
        assert 3 <= len(waits) <= 5
    assert len({moments[2] for moments in told}) > 3, "spread"


@pytest.mark.parametrize("status", [429, 503])
def test_a_service_that_names_a_time_is_asked_no_sooner(
    engine: Engine, settings: Settings, service: PushService, status: int
) -> None:
    desk = open_desk(settings, engine, service.host)
    for moments in tries(desk, service, 4, (status, {"Retry-After": "200"})):
        assert len(moments) <= 3
        assert all(after - before >= 200 for before, after in pairwise(moments))


def test_a_network_that_fails_makes_the_service_rest_for_who_follows_already(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """Those who wait in front of a page are tried again at their time; the first that gets through ends the rest."""

    def hang_up(_path: str, handler: BaseHTTPRequestHandler) -> None:
        handler.close_connection = True

    service.reply = hang_up
    desk = open_desk(settings, engine, service.host)
    for number in range(20):
        asked(desk, service, f"pupil{number}")
    tick(desk)
    assert len(service.received) < 20
    with engine.connect() as connection:
        row = connection.execute(select(push_services)).one()
        assert row.faults >= FAULTS_THAT_REST
        assert services(connection)[0].rest_until > desk.moment()
    service.reply = lambda _path, _handler: (201, {})
    desk.ahead = 60
    tick(desk)
    assert unsent(engine) == 0
    with engine.connect() as connection:
        assert services(connection)[0].rest_until == 0


def test_echoes_taken_before_another_worker_stopped_the_service_are_not_sent(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    desk = open_desk(settings, engine, service.host)
    asked(desk, service, "asking")
    moment = desk.moment()
    with writing(engine).begin() as connection:
        taken = take_unsent(connection, moment)[service.origin]
        know(connection, service.origin)
        note_service(connection, service.origin, refusals=3, faults=0, rest_until=0, stopped=1, reason="answered 401")
    send_activations(desk, service.origin, taken, moment)
    assert service.received == []
    resume(desk, service)
    tick(desk)
    assert len(service.messages("asking")) == 1

"""Echoes: those who ask together hear together, and a stopped service is sent none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine, func, select

from backend import clock
from backend.notices import services_known
from backend.notices.activation import IN_HAND_SECONDS, has_unsent, send_activations, take_unsent
from backend.notices.engine import Deliveries
from backend.notices.lane import BATCH, Desk
from backend.notices.pending import Asked, ask
from backend.notices.tables import pending_subscriptions
from backend.notices.vault import Subscription
from backend.notices.worker import Worker
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import open_desk
from tests.push_service import PushService

MOMENT = 1_800_000_000


class Handed(Deliveries):
    """Carries out at once what the worker hands over, and counts it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.pieces = desk, 0

    def forget(self, before: datetime) -> None:
        """Nothing is kept."""

    def begin_activations(self, origin: str, digests: list[str], taken: int) -> None:
        self.pieces += 1
        send_activations(self.desk, origin, digests, taken)


def test_those_who_ask_together_hear_together(engine: Engine, settings: Settings, service: PushService) -> None:
    """The queue begins a piece or two a second: one a browser, and the last of three hundred waited for minutes."""
    desk = open_desk(settings, engine, service.host)
    names = [f"pupil{number}" for number in range(2 * BATCH + 5)]
    for name in names:
        asked(desk, service, name)
    service.reply = lambda path, _handler: ((410 if path == "/p/pupil3" else 201), {})
    handed = Handed(desk)
    worker = Worker(desk, handed, "here")
    for _ in range(3):
        worker.tick()
    assert handed.pieces == 1
    tokens = {service.messages(name)[0]["notification"]["data"]["activation"] for name in names}
    assert len(tokens) == len(service.received) == len(names)
    with engine.connect() as connection:
        left = connection.execute(select(func.count()).select_from(pending_subscriptions)).scalar_one()
    assert left == len(names) - 1


def asked(desk: Desk, service: PushService, name: str) -> None:
    """A question that waits for its echo."""
    browser = service.browser(name)
    kept = Subscription(browser.endpoint, browser.p256dh, browser.auth)
    with writing(desk.engine).begin() as connection:
        ask(connection, desk.vault, Asked(kept, service.origin, desk.vapid.current.id, ("3018",)), clock.now())


def test_a_stopped_service_is_sent_no_echo_either(engine: Engine, settings: Settings, service: PushService) -> None:
    """It leaves once the service is resumed, while the question still waits."""
    desk = open_desk(settings, engine, service.host)
    asked(desk, service, "asking")
    with writing(engine).begin() as connection:
        services_known.know(connection, service.origin)
        services_known.note_service(
            connection, service.origin, refusals=3, faults=0, rest_until=0, stopped=1, reason="answered 401"
        )
        assert not has_unsent(connection, MOMENT)
        assert take_unsent(connection, MOMENT) == {}
        assert services_known.resume_service(connection, service.origin)
        taken = take_unsent(connection, MOMENT)
    send_activations(desk, service.origin, taken[service.origin], MOMENT)
    assert service.messages("asking")[0]["notification"]["data"]["activation"]


def test_two_workers_never_take_the_same_question(engine: Engine, settings: Settings, service: PushService) -> None:
    """And the first that took it, should it have slept since, leaves it to who took it again."""
    desk = open_desk(settings, engine, service.host)
    for number in range(3):
        asked(desk, service, f"pupil{number}")
    with writing(engine).begin() as connection:
        ours = take_unsent(connection, MOMENT)[service.origin]
        assert len(ours) == 3
        assert not has_unsent(connection, MOMENT + IN_HAND_SECONDS - 1)
        assert take_unsent(connection, MOMENT + IN_HAND_SECONDS - 1) == {}
        assert has_unsent(connection, MOMENT + IN_HAND_SECONDS)
        theirs = take_unsent(connection, MOMENT + IN_HAND_SECONDS)[service.origin]
    send_activations(desk, service.origin, ours, MOMENT)
    assert service.received == []
    send_activations(desk, service.origin, theirs, MOMENT + IN_HAND_SECONDS)
    assert len(service.received) == 3
    send_activations(desk, service.origin, theirs, MOMENT + IN_HAND_SECONDS)
    assert len(service.received) == 3


def test_a_service_that_is_busy_is_asked_again_for_the_echo(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """The page says that it comes in a moment; while the service asks for time, it is given."""
    desk = open_desk(settings, engine, service.host)
    asked(desk, service, "asking")
    service.reply = lambda _path, _handler: (503, {})
    later = MOMENT + IN_HAND_SECONDS
    with writing(engine).begin() as connection:
        taken = take_unsent(connection, MOMENT)[service.origin]
    send_activations(desk, service.origin, taken, MOMENT)
    service.reply = lambda _path, _handler: (201, {})
    with writing(engine).begin() as connection:
        services_known.know(connection, service.origin)
        services_known.note_service(
            connection, service.origin, refusals=0, faults=0, rest_until=later + 30, stopped=None, reason=""
        )
        assert not has_unsent(connection, later)
        again = take_unsent(connection, later + 30)[service.origin]
    desk.ahead = later + 30 - desk.moment()
    send_activations(desk, service.origin, again, later + 30)
    assert len(service.received) == 2
    with engine.connect() as connection:
        assert not has_unsent(connection, later + 300)

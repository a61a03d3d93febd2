"""One endpoint that hangs, at a push service that speaks HTTP/1.1: the others get theirs meanwhile."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import Engine

from backend.notices import sender
from backend.notices.outcomes import Answer
from backend.notices.progress import progress
from backend.notices.sender import CONNECTIONS, CONNECTIONS_OF_ONE, Envelope, Message, Sender
from backend.notices.vault import Subscription
from backend.settings import Settings
from tests.backend.fan_out import add_followers, open_desk, tell, turn
from tests.push_service import PushService

HUNG = 6


class Hanging:
    """Does not answer these paths for a while; notes when each other was, and how many it holds at once."""

    def __init__(self, service: PushService, *paths: str) -> None:
        self.paths, self.began = paths, time.monotonic()
        self.answered: dict[str, float] = {}
        self.most = self._held = 0
        self.ended = threading.Event()
        self._lock = threading.Lock()
        service.reply = self._reply

    def _reply(self, path: str, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]] | None:
        with self._lock:
            self._held += 1
            self.most = max(self.most, self._held)
        try:
            if path in self.paths:
                self.ended.wait(HUNG)
                handler.close_connection = True
                return None
            time.sleep(0.01)
            self.answered[path] = time.monotonic() - self.began
            return 201, {}
        finally:
            with self._lock:
                self._held -= 1


@pytest.fixture
def service(service: PushService, monkeypatch: pytest.MonkeyPatch) -> PushService:
    """Given less time than in life, and less than `HUNG`."""
    monkeypatch.setattr(sender, "WHOLE_SECONDS", 4)
    return service


def test_the_others_are_reached_within_seconds(service: PushService) -> None:
    """From the first message on, when nobody knows yet what the service speaks."""
    messages = [_message(service, number) for number in range(40)]
    hanging = Hanging(service, "/p/0")
    heard: dict[int, int] = {}
    assert _send(service, messages, heard, lambda: 128) == 40
    hanging.ended.set()
    assert heard == {0: 0, **dict.fromkeys(range(1, 40), 201)}
    assert max(hanging.answered.values()) < 2
    assert hanging.most <= CONNECTIONS_OF_ONE


def _message(service: PushService, number: int) -> Message:
    browser = service.browser(str(number))
    subscription = Subscription(browser.endpoint, browser.p256dh, browser.auth)
    return Message(subscription, "vapid t=,k=", Envelope(b"{}", 60, "high", "t"))


def _send(service: PushService, messages: list[Message], heard: dict[int, int], width: Callable[[], int]) -> int:
    def note(position: int, answer: Answer) -> None:
        heard[position] = answer.status

    return Sender(extra=True).send(service.origin, messages, note, width)


def test_until_it_has_answered_a_service_is_given_no_more_than_it_can_take(service: PushService) -> None:
    """What would wait behind those that hang, and fail without having left, keeps its time for later."""
    messages = [_message(service, number) for number in range(6)]
    hanging = Hanging(service, *(f"/p/{number}" for number in range(6)))
    heard: dict[int, int] = {}
    taken = _send(service, messages, heard, lambda: 0 if heard else 128)
    hanging.ended.set()
    assert taken == CONNECTIONS == len(service.received)


def test_followers_beside_one_that_hangs_are_all_delivered_to(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    hanging = Hanging(service, "/p/0")
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(number))) for number in range(45)])
    tell(desk)
    hanging.began = time.monotonic()
    turn(desk)
    hanging.ended.set()
    with engine.connect() as connection:
        line = progress(connection)[0]
    assert (line.delivered, line.later) == (44, 1)
    assert max(hanging.answered.values()) < 3
    assert len({found.path for found in service.received}) == 45

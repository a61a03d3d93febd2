"""Push services that misbehave in every way we know: each follower ends as the model says, and nobody is lost."""

from __future__ import annotations

import socket
import struct
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler

import pytest
from sqlalchemy import Engine, select

from backend.notices import retrying, sender
from backend.notices.progress import progress, services
from backend.notices.tables import retries
from backend.settings import Settings
from tests.backend.fan_out import LateDesk, add_followers, open_desk, stored, tell, turn
from tests.push_service import PushService

Way = Callable[[BaseHTTPRequestHandler], tuple[int, dict[str, str]] | None]


def reset(handler: BaseHTTPRequestHandler) -> None:
    """RST instead of an answer."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.close(handler.connection)
    handler.close_connection = True


def half_close(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.shutdown(socket.SHUT_WR)
    handler.close_connection = True


def hang(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(4)
    handler.close_connection = True


def drip(handler: BaseHTTPRequestHandler) -> None:
    for byte in b"HTTP/1.1 201 Created\r\n" * 2:
        try:
            handler.connection.send(bytes([byte]))
        except OSError:
            break
        time.sleep(0.1)
    handler.close_connection = True


def garbage(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.sendall(b"\x00\xff\x13garbage\r\n\r\n" * 20)
    handler.close_connection = True


def endless_headers(handler: BaseHTTPRequestHandler) -> None:
    with suppress(OSError):  # it hangs up on us
        handler.connection.sendall(b"HTTP/1.1 500 No\r\n")
        for _ in range(1_000):
            handler.connection.sendall(b"X-A: " + b"a" * 8_000 + b"\r\n")
    handler.close_connection = True


def huge_error(handler: BaseHTTPRequestHandler) -> None:
    handler.connection.sendall(b"HTTP/1.1 500 No\r\nContent-Length: 50000000\r\n\r\n")
    with suppress(OSError):
        for _ in range(100):
            handler.connection.sendall(b"a" * 100_000)
    handler.close_connection = True


def status(code: int, **headers: str) -> Way:
    return lambda _handler: (code, {name.replace("_", "-"): value for name, value in headers.items()})


def _date(seconds: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


# What a service does the first time; the second time it behaves.
FAILS_ONCE: dict[str, Way] = {
    "500": status(500), "502": status(502), "503": status(503), "504": status(504), "406": status(406),
    "408": status(408), "418": status(418), "429": status(429), "429-seconds": status(429, Retry_After="30"),
    "429-date": status(429, Retry_After=_date(40)), "429-absurd": status(429, Retry_After="soon"),
    "429-negative": status(429, Retry_After="-5"), "429-past": status(429, Retry_After=_date(-4000)),
    "429-huge": status(429, Retry_After="9" * 40), "503-seconds": status(503, Retry_After="20"),
    "301": status(301, Location="https://127.0.0.1:1/"), "302": status(302, Location="/p/elsewhere"),
    "303": status(303, Location="/p/elsewhere"), "307": status(307, Location="/p/elsewhere"),
    "308": status(308, Location="http://169.254.169.254/"), "reset": reset, "half-close": half_close, "hang": hang,
    "drip": drip, "garbage": garbage, "endless-headers": endless_headers, "huge-error": huge_error,
}  # fmt: skip
GONE: dict[str, Way] = {"404": status(404), "410": status(410)}
FINE: dict[str, Way] = {"200": status(200), "201": status(201), "202": status(202), "204": status(204)}


@pytest.fixture
def service(service: PushService, monkeypatch: pytest.MonkeyPatch) -> PushService:
    """Given less time than in life."""
    monkeypatch.setattr(sender, "WHOLE_SECONDS", 2)
    monkeypatch.setattr(sender, "CONNECT_SECONDS", 1)
    return service


def misbehave(service: PushService, first: Counter[str]) -> None:
    ways = {**FAILS_ONCE, **GONE, **FINE}

    def reply(path: str, handler: BaseHTTPRequestHandler) -> tuple[int, dict[str, str]] | None:
        name = path.rpartition("/")[2].rpartition("_")[0]
        first[path] += 1
        if name in FAILS_ONCE and first[path] > 1:
            return (201, {})
        return ways[name](handler)

    service.reply = reply


def test_each_follower_ends_as_the_model_says(
    engine: Engine, settings: Settings, service: PushService, pytestconfig: pytest.Config
) -> None:
    times = 60 if pytestconfig.getoption("--long") else 3  # 10,440 followers, two lanes
    asked: Counter[str] = Counter()
    misbehave(service, asked)
    desk = open_desk(settings, engine, service.host)
    # Well-behaved ones between, as in life: five faults in a row would let the whole service rest.
    names = [name for bad in [*FAILS_ONCE, *GONE] for name in (bad, "201", *FINE)]
    followers = [f"{name}_{number}" for number, name in enumerate(names * times)]
    ids = add_followers(desk, "3018", [(service.origin, service.browser(name)) for name in followers])
    tell(desk)
    for _ in range(60):
        turn(desk)
        with engine.connect() as connection:
            line = progress(connection)[0]
        if line.is_over:
            break
        desk.ahead += 120
    gone = {id_ for id_, name in zip(ids, followers, strict=True) if name.rpartition("_")[0] in GONE}
    with engine.connect() as connection:
        assert stored(connection) == set(ids) - gone
    assert (line.state, line.total) == ("done", len(ids))
    assert (line.delivered, line.gone, line.later, line.refused) == (len(ids) - len(gone), len(gone), 0, 0)
    for name in followers:
        expected = 2 if name.rpartition("_")[0] in FAILS_ONCE else 1
        assert asked[f"/p/{name}"] == expected, name
    assert asked["/p/elsewhere"] == 0, "no redirect is followed"


def test_a_first_retry_comes_within_a_minute_and_never_past_its_time(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda _path, _handler: (500, {})
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(20)])
    tell(desk)
    began = desk.moment()
    turn(desk)
    with engine.connect() as connection:
        due = list(connection.execute(select(retries.c.due)).scalars())
    assert len(due) == 20
    assert all(began < moment <= began + 60 for moment in due)
    desk.ahead = 4 * 86_400  # the change is over
    asked = len(service.received)
    turn(desk)
    with engine.connect() as connection:
        line = progress(connection)[0]
    assert (line.state, line.delivered, line.later) == ("done", 0, 20)
    assert len(service.received) == asked


def test_a_network_that_fails_for_many_is_tried_again_within_a_minute(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    """The service rests then for who has not been sent to, and for them alone."""
    service.reply = lambda _path, handler: reset(handler)
    desk = open_desk(settings, engine, service.host)
    desk.dice.seed(1)
    add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(30)])
    tell(desk)
    turn(desk)
    with engine.connect() as connection:
        first = set(connection.execute(select(retries.c.subscription)).scalars())
    assert 5 <= len(first) <= 10
    desk.ahead = 60
    with engine.connect() as connection:
        assert [group.notice for group in retrying.due_again(connection, desk.moment())]
    turn(desk)
    with engine.connect() as connection:
        tries = dict(connection.execute(select(retries.c.subscription, retries.c.attempts)).all())
    assert {tries[id_] for id_ in first} == {2}
    service.reply = lambda _path, _handler: (201, {})
    desk.ahead = 60 + 55  # some are due; it rests for a minute by now
    with engine.connect() as connection:
        assert services(connection)[0].rest_until > desk.moment()
    turn(desk)
    with engine.connect() as connection:
        assert services(connection)[0].rest_until == 0, "the first that got through ends it"
    desk.ahead += 120
    turn(desk)
    with engine.connect() as connection:
        line = progress(connection)[0]
    assert (line.state, line.delivered) == ("done", 30)


def test_a_handshake_that_never_ends_leaves_the_others_alone(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=64) as deaf:
        port = deaf.getsockname()[1]
        origin = f"https://127.0.0.1:{port}"
        desk = open_desk(settings, engine, service.host, f"127.0.0.1:{port}")
        silent = []
        for number in range(30):
            browser = service.browser(f"deaf{number}")
            browser.endpoint = f"{origin}/p/{number}"
            silent.append((origin, browser))
        add_followers(desk, "3018", silent)
        add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(30)])
        tell(desk)
        turn(desk)
    with engine.connect() as connection:
        line = progress(connection)[0]
        resting = {found.origin for found in services(connection) if found.rest_until}
    assert line.delivered == 30
    assert resting == {origin}


def test_a_name_that_turns_to_a_forbidden_address_is_not_connected_to(
    engine: Engine, settings: Settings, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The endpoint was allowed when it was saved; its name leads inside now. curl asks us before each connection."""
    desk = open_desk(settings, engine)  # no extra host: loopback is forbidden
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(1.0)
        port = inside.getsockname()[1]
        for number, host in enumerate(("localhost", "127.0.0.1", "[::1]", "2130706433", "0x7f.1", "127.1")):
            browser = service.browser(f"rebound{number}")
            browser.endpoint = f"https://{host}:{port}/p/x"
            add_followers(desk, "3018", [(f"https://host{number}.example", browser)])
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
        tell(desk)
        turn(desk)
        with pytest.raises(TimeoutError):
            inside.accept()
    with engine.connect() as connection:
        assert progress(connection)[0].later == 6


def test_proxy_variables_change_nothing(
    engine: Engine, settings: Settings, service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    desk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser("alice"))])
    tell(desk)
    turn(desk)
    assert len(service.messages("alice")) == 1


def test_a_newer_notice_takes_the_place_of_what_has_not_left(
    engine: Engine, settings: Settings, service: PushService
) -> None:
    service.reply = lambda _path, _handler: (500, {})
    desk: LateDesk = open_desk(settings, engine, service.host)
    add_followers(desk, "3018", [(service.origin, service.browser(str(n))) for n in range(5)])
    tell(desk, edition=2)
    turn(desk)
    service.reply = lambda _path, _handler: (201, {})
    tell(desk, edition=3)
    desk.ahead = 200
    turn(desk)
    with engine.connect() as connection:
        states = {line.edition: (line.state, line.delivered) for line in progress(connection)}
    assert states == {2: ("replaced", 0), 3: ("done", 5)}
    told = [service.messages(str(n))[-1]["notification"]["data"]["edition"] for n in range(5)]
    assert told == [3] * 5
    assert len(service.received) == 10

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
from sqlalchemy import Engine, func, select

from backend import clock
from backend.notices import ledger, sender, services_known
from backend.notices.activation import send_activations, unsent
from backend.notices.doctor import notice_faults
from backend.notices.engine import Deliveries
from backend.notices.lane import BATCH, Desk
from backend.notices.pending import Asked, ask
from backend.notices.progress import progress, services, totals
from backend.notices.services_known import resume_service
from backend.notices.tables import pending_subscriptions, retries
from backend.notices.vault import Subscription
from backend.notices.worker import Worker
from backend.settings import Settings
from backend.storage.engine import writing
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
    times = 300 if pytestconfig.getoption("--long") else 3  # two lanes
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
    service.reply = lambda _path, _handler: (201, {})
    with writing(engine).begin() as connection:
        assert resume_service(connection, service.origin)
    desk.ahead = 120
    turn(desk)
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
    service.reply = lambda _path, _handler: (201, {})
    with writing(engine).begin() as connection:
        assert resume_service(connection, service.origin)
    desk.ahead = 120
    turn(desk)
    with engine.connect() as connection:
        lines = {line.contact: (line.delivered, line.later, line.refused, line.state) for line in progress(connection)}
    assert lines == {"3018": (BATCH + 3, 0, 0, "done"), "119": (1, 0, 0, "done")}


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
        assert [group.notice for group in ledger.due_again(connection, desk.moment())]
    turn(desk)
    with engine.connect() as connection:
        tries = dict(connection.execute(select(retries.c.subscription, retries.c.attempts)).all())
    assert {tries[id_] for id_ in first} == {2}
    service.reply = lambda _path, _handler: (201, {})
    desk.ahead = 60 + 80
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


class Handed(Deliveries):
    """Carries out at once what the worker hands over, and counts it."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.pieces = desk, 0

    def begin_activations(self, origin: str, digests: list[str], moment: int) -> None:
        self.pieces += 1
        send_activations(self.desk, origin, digests)


def test_those_who_ask_together_hear_together(engine: Engine, settings: Settings, service: PushService) -> None:
    """The queue begins two pieces a second: one a browser, and the last of three hundred waited for minutes."""
    desk = open_desk(settings, engine, service.host)
    names = [f"pupil{number}" for number in range(2 * BATCH + 5)]
    for name in names:
        asked(desk, service, name)
    service.reply = lambda path, _handler: ((410 if path == "/p/pupil3" else 201), {})
    handed = Handed(desk)
    worker = Worker(desk, handed, "worker")
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
        assert unsent(connection) == []
        assert resume_service(connection, service.origin)
        ((digest, _origin),) = unsent(connection)
    send_activations(desk, service.origin, [digest])
    assert service.messages("asking")[0]["notification"]["data"]["activation"]

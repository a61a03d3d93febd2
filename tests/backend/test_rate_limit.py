"""Rate limits and whom they count."""

from __future__ import annotations

import ipaddress
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from backend.web.client import client_key
from backend.web.rate_limit import MOST_CLIENTS, RateLimit

PROXIES = (ipaddress.ip_network("10.0.0.0/8"), ipaddress.ip_network("127.0.0.1"))


def scope(client: str | None, *forwarded: str) -> dict[str, object]:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    return {"client": (client, 1) if client else None, "headers": headers}


@pytest.mark.parametrize(
    ("client", "forwarded", "counted"),
    [
        ("203.0.113.9", (), "203.0.113.9"),
        ("203.0.113.9", ("198.51.100.1",), "203.0.113.9"),  # not a proxy of ours: its word counts for nothing
        ("10.1.2.3", ("198.51.100.1",), "198.51.100.1"),
        ("10.1.2.3", ("192.0.2.66, 198.51.100.1",), "198.51.100.1"),  # the left part was forged
        ("10.1.2.3", ("192.0.2.66", "198.51.100.1"), "198.51.100.1"),
        ("10.1.2.3", ("198.51.100.1, 10.9.9.9",), "198.51.100.1"),
        ("10.1.2.3", ("not an address",), "None"),
        ("10.1.2.3", (), "10.1.2.3"),
        ("2001:db8:1:2::1", (), "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", (), "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", (), "203.0.113.9"),
        (None, (), "None"),
    ],
)
def test_the_nearest_stranger_is_counted(client: str | None, forwarded: tuple[str, ...], counted: str) -> None:
    assert client_key(scope(client, *forwarded), PROXIES) == counted


def test_a_burst_then_a_pace_for_each_client_alone() -> None:
    limit = RateLimit(per_minute=6, burst=3)
    assert [limit.allow("a", 0) for _ in range(4)] == [True, True, True, False]
    assert limit.wait_seconds("a", 0) == 10
    assert limit.allow("b", 0)
    assert not limit.allow("a", 9)
    assert limit.allow("a", 10.5)


def test_threads_share_one_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests are answered by threads: six at once must not find a full bucket each."""
    limit, interval = RateLimit(per_minute=0.001, burst=5), sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(6) as threads:
            allowed = sum(threads.map(lambda _: sum(limit.allow("a", 0) for _ in range(20_000)), range(6)))
    finally:
        sys.setswitchinterval(interval)
    assert allowed == 5


def test_a_flood_of_clients_does_not_fill_memory() -> None:
    limit = RateLimit(per_minute=1, burst=1)
    for number in range(MOST_CLIENTS + 100):
        limit.allow(str(number), 0)
    assert len(limit._left) == MOST_CLIENTS

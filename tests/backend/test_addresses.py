"""Which endpoints we agree to call, and which addresses we agree to connect to."""

from __future__ import annotations

import pytest

from backend.notices.addresses import RefusedEndpointError, endpoint_origin, may_connect, origin_is_extra

EXTRA = ("push.example.org:443", "LOCALHOST:8443", "127.0.0.1:9000", "[::1]:9001", "ntfy.example:80")


@pytest.mark.parametrize(
    ("endpoint", "origin"),
    [
        ("https://fcm.googleapis.com/fcm/send/dQw4w9WgXcQ:APA91bF-x_Y", "https://fcm.googleapis.com"),
        ("https://fcm.googleapis.com/wp/dQw4w9WgXcQ:APA91bF-x_Y", "https://fcm.googleapis.com"),
        ("https://jmt17.google.com/fcm/send/abc", "https://jmt17.google.com"),
        (
            "https://updates.push.services.mozilla.com/wpush/v2/gAAAAABk_-=",
            "https://updates.push.services.mozilla.com",
        ),
        ("https://web.push.apple.com/QGuQyavXutnMH0123", "https://web.push.apple.com"),
        (
            "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAB%2bdef%2fX%3d%3d",
            "https://wns2-par02p.notify.windows.com",
        ),
        ("https://db5p.notify.windows.com/w/?token=AwYA", "https://db5p.notify.windows.com"),
        ("https://push.example.org/up?token=1", "https://push.example.org"),
        ("http://ntfy.example/up", "http://ntfy.example"),
        ("https://localhost:8443/1", "https://localhost:8443"),
        ("http://127.0.0.1:9000/", "http://127.0.0.1:9000"),
        ("https://[::1]:9001/x", "https://[::1]:9001"),
    ],
)
def test_push_services_are_known(endpoint: str, origin: str) -> None:
    assert endpoint_origin(endpoint, EXTRA) == origin


@pytest.mark.parametrize(
    ("origin", "extra"),
    [
        ("https://push.example.org", True),
        ("http://push.example.org", False),
        ("http://ntfy.example", True),
        ("https://localhost:8443", True),
        ("https://[::1]:9001", True),
        ("https://[::1]", False),
        ("https://fcm.googleapis.com", False),
    ],
)
def test_services_of_the_settings_are_told_apart(origin: str, extra: bool) -> None:
    assert origin_is_extra(origin, EXTRA) is extra


@pytest.mark.parametrize("endpoint", ["http://push.example.org/x", "https://ntfy.example/x", "http://127.0.0.1:9001/x"])
def test_a_service_of_the_settings_is_its_host_and_port(endpoint: str) -> None:
    with pytest.raises(RefusedEndpointError):
        endpoint_origin(endpoint, EXTRA)


PUBLIC = ("142.250.74.234", "2a00:1450:4007:80e::200a", "::ffff:142.250.74.234", "64:ff9b::8efa:4aea")
PRIVATE = ("10.1.2.3", "172.16.0.1", "192.168.1.1", "fd00::1", "127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1")
NEVER = (
    *("0.0.0.0", "169.254.169.254", "100.64.0.1", "192.0.2.1", "198.18.0.1", "203.0.113.1", "224.0.0.1"),
    *("240.0.0.1", "255.255.255.255", "192.88.99.1", "::", "::7f00:1", "fe80::1", "fe80::1%eth0", "ff02::1"),
    *("2001:db8::1", "2001::1", "3fff::1", "5f00::1", "fec0::1", "64:ff9b:1::1", "64:ff9b::a9fe:a9fe"),
    *("2002:a9fe:a9fe::1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "not an address", ""),
)


@pytest.mark.parametrize("ip", PUBLIC)
def test_the_internet_may_be_reached(ip: str) -> None:
    assert may_connect(ip, extra=False)
    assert may_connect(ip, extra=True)


@pytest.mark.parametrize("ip", [*PRIVATE, "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::1", "2002:c0a8:101::"])
def test_our_own_networks_are_for_services_of_the_settings_alone(ip: str) -> None:
    assert not may_connect(ip, extra=False)
    assert may_connect(ip, extra=True)


@pytest.mark.parametrize("ip", NEVER)
def test_nobody_sends_us_there(ip: str) -> None:
    assert not may_connect(ip, extra=False)
    assert not may_connect(ip, extra=True)

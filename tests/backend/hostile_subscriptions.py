"""Wishes to subscribe that must not be taken, by family. Each is a body, and the media type it is sent under."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from backend.base64url import base64url
from tests.subscribers import CONTACTS, POINT, Browser

JSON = "application/json"
Case = tuple[bytes, str | None]
FCM = "https://fcm.googleapis.com/fcm/send/abc"
EXTRA = ("push.example.org:443", "127.0.0.1:9000")  # what the settings of these tests add
GOOD = Browser("hostile").wish()
GOOD_BODY = json.dumps(GOOD).encode()


def families() -> dict[str, list[Case]]:
    """Every family of hostile wishes, with its cases."""
    return {
        **_addresses(),
        **_keys(),
        **_contacts(),
        "keys nobody asked for": _changed(*({name: 1} for name in UNASKED), {"__proto__": {}}),
        "push keys that are not ours": _changed(*({"push_key": key} for key in WRONG_PUSH_KEYS)),
        **{name: [(body, JSON) for body in bodies] for name, bodies in BODIES.items()},
        "not said to be JSON": [(GOOD_BODY, type_) for type_ in OTHER_TYPES],
    }


def _changed(*changes: dict[str, Any]) -> list[Case]:
    return [(json.dumps({**GOOD, **change}).encode(), JSON) for change in changes]


def _addresses() -> dict[str, list[Case]]:
    read = yaml.safe_load((Path(__file__).parent / "hostile_endpoints.yaml").read_text())
    told: dict[str, list[Any]] = {
        name: [f"https://{host}/wpush/v2/abc" for host in hosts] for name, hosts in read["hosts"].items()
    }
    told |= read["endpoints"]
    told["too long"] = [FCM + "a" * 1000, FCM + "a" * 3000, f"{FCM}?{'a' * 1000}", f"https://{'a' * 1500}.com/x"]
    told["no text for an address"] += [
        None,
        True,
        1,
        1.5,
        10**30,
        [],
        {},
        [FCM],
        {"href": FCM},
        "\ud800",
        FCM + "\udfff",
    ]
    return {name: _changed(*({"endpoint": endpoint} for endpoint in cases)) for name, cases in told.items()}


def _keys() -> dict[str, list[Case]]:
    keys, point, auth = GOOD["keys"], base64url(POINT), base64url(b"a" * 16)
    shapes: list[Any] = [None, [], "", 1, True, {}, {"p256dh": point}, {"auth": auth}, {**keys, "extra": 1}]
    shapes += [{"P256DH": point, "AUTH": auth}, [point, auth]]
    lengths = (0, 1, 8, 12, 15, 17, 24, 32, 64, 1000)
    return {
        "points off the curve": _changed(*({"keys": {**keys, "p256dh": base64url(p)}} for p in _wrong_points())),
        "p256dh badly written": _changed(*({"keys": {**keys, "p256dh": text}} for text in _nearly(point))),
        "auth badly written": _changed(*({"keys": {**keys, "auth": text}} for text in _nearly(auth))),
        "auth of another length": _changed(*({"keys": {**keys, "auth": base64url(b"a" * n)}} for n in lengths)),
        "keys of another shape": _changed(*({"keys": shape} for shape in shapes)),
    }


def _wrong_points() -> list[bytes]:
    """Of another length, form or curve, or beside the curve."""
    ours = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), POINT)
    other = ec.generate_private_key(ec.SECP256K1()).public_key()
    x962, form = serialization.Encoding.X962, serialization.PublicFormat
    wrong = [ours.public_bytes(x962, form.CompressedPoint), other.public_bytes(x962, form.UncompressedPoint)]
    wrong += [b"", b"\0", b"\0" * 65, b"\4" + b"\0" * 64, b"\4" + b"\xff" * 64, POINT[:-1], POINT + b"\0", POINT * 2]
    wrong += [bytes([first]) + POINT[1:] for first in (0, 2, 3, 5, 6, 7, 255)]
    return wrong + [POINT[:n] + bytes([POINT[n] ^ 1]) + POINT[n + 1 :] for n in range(1, 65, 8)]


def _nearly(good: str) -> list[Any]:
    """Not base64url, or no text."""
    texts: list[Any] = [good + "=" * 5, f" {good}", f"{good}\n", f"{good}!", good * 40, "=" * 88, ""]
    texts += [good[:-1] + end for end in ("é", "\0", "+", "/", "\ud800")]
    return [*texts, None, 1, True, [], {}, [good], {"x": good}]


def _contacts() -> dict[str, list[Case]]:
    shapes: list[Any] = [None, "3018", {}, {"3018": True}, 1, True, [None], [3018], [["3018"]], [{"id": "3018"}]]
    unknown: list[Any] = [
        [id_] for id_ in ("unknown", "", " 3018", "3018 ", "3018\0", "３018", "\ud800", "*", "%", "a" * 1000)
    ]
    unknown += [["3018", "unknown"], ["3018' OR '1'='1"], ["../3018"], [], list(CONTACTS[:61]), ["x"] * 700]
    return {
        "contacts of another shape": _changed(
            *({"contacts": shape} for shape in [*shapes, ["3018", 1], [10**30], "[]"])
        ),
        "contacts that do not exist": _changed(*({"contacts": ids} for ids in unknown)),
    }


UNASKED = ("id", "secret", "token", "vapid", "sent", "origin", "", "\ud800", "Endpoint", "a" * 500)
WRONG_PUSH_KEYS: tuple[Any, ...] = (None, "", "x", 1, [], {}, base64url(POINT), "A" * 87, "\ud800")
OTHER_TYPES = (None, "", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json",
               "application/jsonx", "text/json", "text/plain; application/json", "application/problem+json", "*/*",
               "application/ json")  # fmt: skip
BODIES: dict[str, Iterable[bytes]] = {
    "no JSON object": (
        *(
            b"",
            b" ",
            b"null",
            b"true",
            b"1",
            b'"x"',
            b"[]",
            b"[" + GOOD_BODY + b"]",
            b"{",
            b"{}",
            b"{]",
            b"\xff",
            b"NaN",
        ),
        *(GOOD_BODY[:-1], GOOD_BODY + b"x", GOOD_BODY * 2, b"\xef\xbb\xbf" + GOOD_BODY, b"\0" + GOOD_BODY, b"<xml/>"),
        *(b"endpoint=https%3A%2F%2Ffcm.googleapis.com%2Fx", GOOD_BODY.decode().encode("utf-16")),
        *(GOOD_BODY.replace(b'"', b"'"), GOOD_BODY.replace(b"3018", b"\xc3\x28"), GOOD_BODY.replace(b"}", b",}")),
    ),
    "names written twice": (
        GOOD_BODY.replace(b'{"endpoint"', b'{"endpoint": "https://evil.example/x", "endpoint"', 1),
        GOOD_BODY.replace(b'{"p256dh"', b'{"auth": "x", "p256dh"', 1),
        GOOD_BODY.replace(b'"contacts"', b'"contacts": [], "contacts"', 1),
        GOOD_BODY[:-1] + b', "endpoint": "x"}',
    ),
    "deep or huge": (
        *(b"[" * 8000, b'{"a":' * 1500, b'{"endpoint": ' + b"9" * 5000 + b"}", b"1" * 8000),
        *(b'{"endpoint": 1e999999}', b'{"endpoint": -Infinity}'),
        GOOD_BODY[:-1] + b', "x": ' + b"[" * 3000 + b"]" * 3000 + b"}",
    ),
    "too large": (GOOD_BODY + b" " * 9000, b"x" * 70_000, b"\0" * 10_000),
}

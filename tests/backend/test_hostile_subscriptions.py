"""Hundreds of hostile wishes: nothing stored, nobody called, no fault of ours."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.settings import Settings
from tests.backend.hostile_subscriptions import EXTRA, families
from tests.subscribers import PLACE, Browser, Desk, open_desk

FAMILIES = families()
_calls: list[str] = []
_OUTSIDE = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto", "subprocess.Popen")


def _listen(event: str, _arguments: Any) -> None:
    if event in _OUTSIDE:
        _calls.append(event)


sys.addaudithook(_listen)  # for good: there is no way to take one away


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with open_desk(engine, replace(settings, push_hosts_extra=EXTRA)) as opened:
        yield opened


def test_they_are_many() -> None:
    assert len(FAMILIES) >= 25
    assert len({case for cases in FAMILIES.values() for case in cases}) >= 500


def test_none_is_stored_none_calls_out_none_is_our_fault(desk: Desk) -> None:
    stored: list[str] = []
    strange: list[tuple[Any, ...]] = []
    _calls.clear()
    for name, cases in FAMILIES.items():
        for body, type_ in cases:
            reply = desk.call("POST", PLACE, body, type_=type_)
            if not 400 <= reply.status < 500 or reply.headers["content-type"] != "application/problem+json":
                strange.append((name, body[:200], reply.status))
            elif not reply.json["detail"] or b"evil" in reply.body:
                strange.append((name, body[:200], reply.body))
        if desk.count_pending():
            stored.append(name)
    assert (stored, strange, _calls) == ([], [], [])


def test_a_good_one_is_still_taken_and_calls_nobody(desk: Desk) -> None:
    _calls.clear()
    for host in (
        "https://updates.push.services.mozilla.com/wpush/v2/",
        "http://127.0.0.1:9000/",
        "https://push.example.org/",
    ):
        assert desk.ask(Browser("good", host=host)).status == 202
    assert (desk.count_pending(), _calls) == (3, [])


@pytest.mark.parametrize("place", [PLACE, f"{PLACE}/activate"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "GET", "PATCH"])
def test_the_other_addresses_bear_all_of_it_too(desk: Desk, place: str, method: str) -> None:
    for cases in FAMILIES.values():
        for body, type_ in cases[:3]:
            reply = desk.call(method, place, body, type_=type_)
            assert 400 <= reply.status < 500, (body[:200], reply.status)
    assert desk.count_pending() == 0

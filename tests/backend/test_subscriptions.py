"""Subscribing: the echo, the secret, what replaces what, and what is forgotten."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update

from backend import clock
from backend.notices.pending import forget_unanswered
from backend.notices.subscriptions import expire
from backend.notices.tables import follows, notices, pending_subscriptions, retries, subscriptions
from backend.notices.vapid import create_push_key
from backend.settings import Settings
from backend.storage.engine import writing
from tests.subscribers import CONTACTS, PLACE, Browser, Desk, new_point, open_desk

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with open_desk(engine, settings) as opened:
        yield opened


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Sets the present moment."""

    def moment(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    moment(NOON)
    return moment


def rows(desk: Desk, table: Any) -> list[dict[str, Any]]:
    with desk.engine.connect() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def followed(desk: Desk) -> list[str]:
    return sorted(row["contact"] for row in rows(desk, follows))


def test_a_question_waits_for_its_echo(desk: Desk, at: Any) -> None:
    browser = Browser("a")
    reply = desk.ask(browser, "3919", "3018", "3018")
    assert (reply.status, reply.json) == (202, {"pending_seconds": 600})
    (row,) = rows(desk, pending_subscriptions)
    assert row["origin"] == "https://updates.push.services.mozilla.com"
    assert (row["contacts"], row["sent"], row["created"]) == ('["3018", "3919"]', False, int(NOON.timestamp()))
    told = desk.vault.unseal(row["sealed"])
    assert (told.endpoint, told.p256dh, told.auth) == (browser.endpoint, browser.point, browser.auth)
    assert rows(desk, subscriptions) == []


def test_the_echo_makes_a_subscriber(desk: Desk, at: Any) -> None:
    desk.ask(Browser("a"), "3018", "3919")
    reply = desk.activate(desk.echoed(Browser("a")))
    assert (reply.status, list(reply.json)) == (200, ["secret"])
    (row,) = rows(desk, subscriptions)
    assert (row["created_day"], row["success_day"]) == ("2026-11-24", "2026-11-24")
    assert followed(desk) == ["3018", "3919"]
    assert rows(desk, pending_subscriptions) == []


def test_a_token_serves_once_and_ten_minutes(desk: Desk, at: Any) -> None:
    desk.ask(Browser("a"))
    token = desk.echoed(Browser("a"))
    assert desk.activate(token).status == 200
    assert desk.activate(token).status == 404
    desk.ask(Browser("b"))
    late = desk.echoed(Browser("b"))
    at(NOON + timedelta(seconds=601))
    assert desk.activate(late).status == 404
    desk.ask(Browser("c"))
    assert desk.count_pending() == 1, "the next question takes the old ones away"
    at(NOON + timedelta(seconds=1201))
    assert desk.activate(desk.echoed(Browser("c"))).status == 200


def test_what_nobody_answered_is_not_kept(desk: Desk, at: Any) -> None:
    for name, moment in (("old", NOON), ("young", NOON + timedelta(seconds=300))):
        at(moment)
        desk.ask(Browser(name))
    with writing(desk.engine).begin() as connection:
        forget_unanswered(connection, NOON + timedelta(seconds=601))
    assert desk.count_pending() == 1
    assert desk.echoed(Browser("young"))


def test_two_echoes_at_once_give_one_secret(desk: Desk) -> None:
    desk.ask(Browser("a"))
    value = {"token": desk.echoed(Browser("a"))}
    replies = desk.at_once([("POST", f"{PLACE}/activate", value, "203.0.113.1")] * 8)
    assert sorted(reply.status for reply in replies) == [200] + [404] * 7


def test_asking_again_replaces_the_question_alone(desk: Desk) -> None:
    desk.ask(Browser("a"), "3018")
    first = desk.echoed(Browser("a"))
    desk.ask(Browser("a"), "3919")
    assert desk.count_pending() == 1
    assert desk.activate(first).status == 404
    assert desk.activate(desk.echoed(Browser("a"))).status == 200
    assert followed(desk) == ["3919"]


def test_subscribing_again_takes_the_place_of_before(desk: Desk) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    (before,) = rows(desk, subscriptions)
    renewed = Browser("a", point=new_point())
    again = desk.subscribed(renewed, "17")
    (after,) = rows(desk, subscriptions)
    assert after["id"] == before["id"], "a sending under way still finds it"
    assert desk.vault.unseal(after["sealed"]).p256dh == renewed.point
    assert followed(desk) == ["17"]
    assert desk.call("DELETE", PLACE, proof).status == 404
    assert desk.call("DELETE", PLACE, again).status == 204


def test_knowing_an_endpoint_gives_nothing(desk: Desk) -> None:
    proof = desk.subscribed(Browser("victim"), "3018")
    before = rows(desk, subscriptions), rows(desk, follows)
    thief = Browser("victim", point=new_point())  # its keys, the other's address
    assert desk.ask(thief, "17", client="198.51.100.66").status == 202
    for guess in ("", "x", "A" * 43, proof["secret"], proof["endpoint"]):
        assert desk.activate(guess).status == 404
    assert (rows(desk, subscriptions), rows(desk, follows)) == before
    # What leaves goes to the victim's address, in a cipher that the victim's browser cannot read: nobody has the token.
    (asked,) = rows(desk, pending_subscriptions)
    assert desk.vault.unseal(asked["sealed"]).endpoint == proof["endpoint"]
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["3919"]}).status == 200, "the victim's secret still serves"


def test_changing_and_stopping(desk: Desk) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    other = desk.subscribed(Browser("b"), "3018")
    reply = desk.call("PUT", PLACE, {**proof, "contacts": ["3919", "17"]})
    assert (reply.status, reply.json) == (200, {"contacts": ["17", "3919"]})
    assert followed(desk) == ["17", "3018", "3919"]
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["3919", "17"]}).status == 200
    assert desk.call("DELETE", PLACE, proof).status == 204
    assert followed(desk) == ["3018"]
    assert desk.call("DELETE", PLACE, proof).status == 404
    assert desk.call("DELETE", PLACE, other).status == 204
    assert (rows(desk, subscriptions), rows(desk, follows)) == ([], [])


def test_a_contact_that_closed_since_may_stay_in_the_list(desk: Desk) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    with writing(desk.engine).begin() as connection:
        connection.execute(update(follows).values(contact="closed-since"))
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["closed-since", "17"]}).status == 200
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["17"]}).status == 200
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["closed-since", "17"]}).status == 400


WRONG: list[dict[str, Any]] = [
    {"contacts": ["3018"]},
    {"contacts": ["unknown"]},
    {"contacts": []},
    {"contacts": "3018"},
    {"contacts": None},
    {"contacts": [{"a": 1}] * 100},
    {},
    {"unknown": 1, "contacts": ["3018"]},
    {"endpoint": None},
    {"endpoint": "https://127.0.0.1/"},
    {"endpoint": "\ud800", "contacts": ["3018"]},
    {"endpoint": ["x"], "keys": {}},
]
SECRETS: list[Any] = ["", "wrong", "A" * 43, None, 0, 10**40, ["x"], {}, "\ud800", "\0", True, "é" * 300]


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_a_wrong_secret_is_404_whatever_else_is_true(desk: Desk, method: str) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    before = rows(desk, subscriptions), rows(desk, follows)
    for secret in SECRETS:
        for rest in WRONG:
            for endpoint in (proof["endpoint"], Browser("unknown").endpoint):
                reply = desk.call(method, PLACE, {"endpoint": endpoint, "secret": secret, **rest})
                assert reply.status == 404, (secret, rest)
                assert reply.headers["content-type"] == "application/problem+json"
    for type_ in ("text/plain", None):
        assert desk.call(method, PLACE, {**proof, "secret": "wrong"}, type_=type_).status == 404
    assert (rows(desk, subscriptions), rows(desk, follows)) == before


def test_the_right_secret_with_a_bad_list_changes_nothing(desk: Desk) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    for rest in (part for part in WRONG[1:] if "endpoint" not in part):
        reply = desk.call("PUT", PLACE, {**proof, **rest})
        assert (reply.status, reply.headers["content-type"]) == (400, "application/problem+json")
        assert reply.json["detail"]
    assert desk.call("PUT", PLACE, {**proof, "contacts": list(CONTACTS[:61])}).status == 400
    assert desk.call("PUT", PLACE, {**proof, "contacts": list(CONTACTS[:60])}).status == 200


def test_a_secret_opens_its_own_subscription_alone(desk: Desk) -> None:
    one, two = desk.subscribed(Browser("a")), desk.subscribed(Browser("b"))
    assert desk.call("DELETE", PLACE, {**one, "secret": two["secret"]}).status == 404
    assert len(rows(desk, subscriptions)) == 2


def test_a_page_opened_before_a_rotation_still_subscribes_with_its_key(desk: Desk) -> None:
    key = desk.call("GET", "/api/v1/push-key", b"").json["key"]
    new = create_push_key(desk.settings.keys_dir)
    assert desk.call("GET", "/api/v1/push-key", b"").json == {"key": new.public}
    wish = Browser("a").wish()
    assert desk.call("POST", PLACE, {**wish, "push_key": key}).status == 202
    (old,) = rows(desk, pending_subscriptions)
    assert desk.call("POST", PLACE, wish).status == 202
    (now,) = rows(desk, pending_subscriptions)
    assert (old["vapid"] != new.id, now["vapid"]) == (True, new.id)
    assert desk.call("POST", PLACE, {**wish, "push_key": "A" * 87}).status == 400


def test_what_a_browser_writes_of_itself_is_taken(desk: Desk) -> None:
    assert desk.call("POST", PLACE, {**Browser("a").wish(), "expirationTime": None}).status == 202


def test_ninety_days_without_a_message_end_it(desk: Desk, at: Any) -> None:
    for name, day in (("old", "2026-08-25"), ("young", "2026-08-26")):
        proof = desk.subscribed(Browser(name), "3018")
        place = subscriptions.c.endpoint_hash == desk.vault.endpoint_hash(proof["endpoint"])
        with writing(desk.engine).begin() as connection:
            connection.execute(update(subscriptions).where(place).values(success_day=day))
    with writing(desk.engine).begin() as connection:
        assert expire(connection, date(2026, 11, 24)) == 1
    (left,) = rows(desk, subscriptions)
    assert left["endpoint_hash"] == desk.vault.endpoint_hash(Browser("young").endpoint)
    assert len(followed(desk)) == 1


def test_stopping_takes_away_what_was_still_to_be_sent(desk: Desk) -> None:
    proof = desk.subscribed(Browser("a"))
    (row,) = rows(desk, subscriptions)
    notice = {"id": "n", "contact": "3018", "edition": 2, "body": "{}", "urgency": "high", "created": 0,
              "not_before": 0, "until": 0, "total": 1, "state": "sending"}  # fmt: skip
    waiting = {"notice": "n", "subscription": row["id"], "origin": row["origin"], "due": 0, "attempts": 1, "lane": 0}
    with writing(desk.engine).begin() as connection:
        connection.execute(insert(notices).values(notice))
        connection.execute(insert(retries).values(waiting))
    assert desk.call("DELETE", PLACE, proof).status == 204
    with writing(desk.engine).begin() as connection:
        assert connection.execute(select(func.count()).select_from(retries)).scalar() == 0
        connection.execute(delete(notices))


def test_without_its_keys_or_its_database_it_says_later(desk: Desk, engine: Engine, settings: Settings) -> None:
    for file in settings.keys_dir.iterdir():
        file.unlink()
    assert desk.ask(Browser("a")).status == 503
    assert desk.call("GET", "/api/v1/push-key", b"").status == 503

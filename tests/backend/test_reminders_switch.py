"""The switch « Me rappeler les horaires à confirmer »: on this device alone, and apart from what a reader follows."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from backend.notices.message import MOST_BYTES, reminder_text
from backend.notices.phones import MOST_PHONES, followed_by
from backend.notices.tables import follows, subscriptions
from backend.notices.vault import load_vault
from backend.settings import Settings
from backend.staff.audit import entries
from tests.backend.fan_out import PUBLIC_URL, add_followers, open_desk, staff_rows
from tests.office import Office
from tests.push_service import Browser as Phone
from tests.subscribers import Browser

PLACE = "/equipe/moi/rappels/"
FCM = "https://fcm.googleapis.com/fcm/send/"


def wish(browser: Browser) -> dict[str, Any]:
    """What the page sends."""
    return {name: value for name, value in browser.wish().items() if name != "contacts"}


def test_the_switch_is_on_on_this_device_alone_and_off_leaves_nothing(opened: Office, engine: Engine) -> None:
    one, other = opened.worker("editor", "a"), opened.worker("editor", "a")
    browser = Browser("un", FCM)
    here = {"endpoint": browser.endpoint}
    assert one.post_json(f"{PLACE}etat", here) == (200, {"ici": False})
    for _ in range(2):
        assert one.post_json(PLACE, wish(browser)) == (200, {"ici": True})
    assert len(staff_rows(engine)) == 1
    assert one.post_json(f"{PLACE}etat", here) == (200, {"ici": True})
    assert other.post_json(f"{PLACE}etat", here) == (200, {"ici": False})
    assert one.post_json(f"{PLACE}etat", {"endpoint": FCM}) == (200, {"ici": False})
    assert other.post_json(f"{PLACE}arreter", here) == (200, {"ici": False})  # nobody stops another's
    assert len(staff_rows(engine)) == 1
    assert one.post_json(f"{PLACE}arreter", here) == (200, {"ici": False})
    with engine.connect() as connection:
        assert connection.execute(select(subscriptions)).all() == []
        assert connection.execute(select(follows)).all() == []
        told = [entry.action for entry in entries(connection) if entry.actor == one.person.id]
    assert told[-2:] == ["asked for reminders", "stopped reminders"], "a change is told once, no repetition is"


REFUSED: list[dict[str, Any]] = [
    {"endpoint": "https://evil.example/x"},
    {"endpoint": "http://169.254.169.254/latest"},
    {"endpoint": 7},
    {"keys": {"p256dh": "AAAA", "auth": "AAAA"}},
    {"keys": None},
    {"push_key": "AAAA"},
    {"more": 1},
]


def test_what_readers_may_not_subscribe_the_staff_may_not_either(opened: Office, engine: Engine) -> None:
    worker = opened.worker("editor", "a")
    for change in REFUSED:
        status, told = worker.post_json(PLACE, wish(Browser("un", FCM)) | change)
        assert (status, bool(told["detail"])) == (400, True), change
    assert staff_rows(engine) == []


def test_what_one_follows_is_not_theirs_to_say(opened: Office, engine: Engine) -> None:
    worker = opened.worker("editor", "a")
    worker.post_json(PLACE, {**wish(Browser("un", FCM)), "contacts": ["3018", followed_by("another")]})
    with engine.connect() as connection:
        assert list(connection.execute(select(follows.c.contact)).scalars()) == [followed_by(worker.person.id)]


def test_five_phones_at_most_the_oldest_gives_way(opened: Office, engine: Engine) -> None:
    worker = opened.worker("editor", "a")
    browsers = [Browser(f"n{number}", FCM) for number in range(MOST_PHONES + 1)]
    for browser in browsers:
        worker.post_json(PLACE, wish(browser))
    assert len(staff_rows(engine)) == MOST_PHONES
    on = [worker.post_json(f"{PLACE}etat", {"endpoint": browser.endpoint})[1]["ici"] for browser in browsers]
    assert on == [False] + [True] * MOST_PHONES


def test_a_reader_s_subscription_of_the_same_browser_is_another(
    opened: Office, settings: Settings, engine: Engine
) -> None:
    desk = open_desk(settings, engine)
    worker, browser = opened.worker("administrator"), Browser("un", FCM)
    vault = load_vault(settings.keys_dir)
    (reader,) = add_followers(desk, "a", [("https://fcm.googleapis.com", Phone(browser.endpoint))])
    worker.post_json(PLACE, wish(browser))
    (staff,) = staff_rows(desk.engine)
    with desk.engine.connect() as connection:
        rows = {row.id: row for row in connection.execute(select(subscriptions))}
    assert set(rows) == {reader, staff}
    assert rows[reader].endpoint_hash == vault.endpoint_hash(browser.endpoint) != rows[staff].endpoint_hash
    assert rows[reader].sealed != rows[staff].sealed
    assert vault.unseal(rows[staff].sealed).endpoint == browser.endpoint
    assert browser.endpoint.encode() not in rows[staff].sealed
    worker.post_json(f"{PLACE}arreter", {"endpoint": browser.endpoint})
    with desk.engine.connect() as connection:
        assert list(connection.execute(select(subscriptions.c.id)).scalars()) == [reader]


def test_a_click_leads_to_the_staff(opened: Office) -> None:
    answer = opened.client.get("/contacts/equipe/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/equipe/")
    assert "set-cookie" not in answer.headers
    assert len(reminder_text(PUBLIC_URL, "x" * 36).encode()) < MOST_BYTES

"""Reminders to the staff, from the switch to the phone: once, at a decent hour, and apart from readers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from backend import clock
from backend.clock import PARIS
from backend.notices import ledger
from backend.notices.doctor import notice_lines
from backend.notices.message import MOST_BYTES, reminder_text
from backend.notices.pending import Asked
from backend.notices.phones import MOST_PHONES, add_phone, followed_by, forget_phones, phones_by_service
from backend.notices.progress import progress
from backend.notices.reminders import last_reminded
from backend.notices.subscriptions import expire
from backend.notices.tables import follows, notices, subscriptions
from backend.notices.vault import Subscription, load_vault
from backend.offline.desk.reminding import remind_staff
from backend.settings import Settings
from backend.storage.engine import writing
from backend.web.csrf import HEADER, csrf_token
from tests.backend.fan_out import PUBLIC_URL, LateDesk, add_followers, open_desk, tell, turn
from tests.office import Office, Worker, office
from tests.push_service import PushService, push_service
from tests.subscribers import Browser
from tests.words import telling

MORNING = timedelta(hours=15)  # whatever the hour is now, quiet hours are over by then
PLACE = "/equipe/moi/rappels/"
FCM = "https://fcm.googleapis.com/fcm/send/"


@pytest.fixture
def opened(engine: Engine, settings: Settings) -> Iterator[Office]:
    with office(engine, settings) as found:
        yield found


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with push_service(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


@pytest.fixture
def desk(opened: Office, settings: Settings, engine: Engine, service: PushService) -> LateDesk:
    """What sends, some hours from now."""
    made = open_desk(settings, engine, service.host)
    made.ahead = int(MORNING.total_seconds())
    return made


def late(opened: Office, id_: str = "a", days: int = 3) -> None:
    """That contact was to be confirmed so many days ago."""
    values = {"confirm_by": str(clock.paris_day(clock.now()) - timedelta(days)), "confirmed_on": "2020-01-01"}
    opened.draft("operator", ("contact", id_), **values)


def phone(desk: LateDesk, service: PushService, name: str, person: Worker) -> None:
    """As after the switch: one of their phones, at the push service of the test."""
    browser = service.browser(name)
    asked = Asked(
        Subscription(browser.endpoint, browser.p256dh, browser.auth), service.origin, desk.vapid.current.id, ()
    )
    with writing(desk.engine).begin() as connection:
        add_phone(connection, desk.vault, person.person.id, asked, clock.now())


def a_day(desk: LateDesk, moment: datetime | None = None) -> None:
    """What a delivery worker does in a day: ask who is due, send."""
    remind_staff(PUBLIC_URL, desk.engine, moment or clock.now())
    turn(desk)


def test_one_neutral_push_to_each_phone_of_who_may_confirm_it(
    opened: Office, desk: LateDesk, service: PushService
) -> None:
    late(opened)
    editor, other = opened.worker("editor", "a"), opened.worker("editor", "b")
    administrator = opened.worker("administrator")
    for name, person in [("e1", editor), ("e2", editor), ("o", other), ("w", administrator)]:
        phone(desk, service, name, person)
    a_day(desk)
    a_day(desk)  # another worker, or the same after a restart
    assert [len(service.messages(name)) for name in ("e1", "e2", "o", "w")] == [1, 1, 0, 1]
    (told,) = service.messages("e1")
    notification = told["notification"]
    assert (told["web_push"], notification["title"]) == (8030, "Mise à jour")
    assert not telling(notification["title"] + notification["tag"])
    assert set(notification["data"]) == {"notice", "edition", "contact", "intervals"}
    assert notification["data"]["contact"] == "equipe"
    whole = json.dumps(told)
    assert [word for word in ("Alpha", editor.person.id, "Camille", '"a"') if word in whole] == []
    (sent,) = [found.headers for found in service.received if found.path == "/p/e1"]
    assert len(sent["topic"]) <= 32
    assert 0 < int(sent["ttl"]) <= 4 * 86_400


def test_again_after_a_week_and_not_before_unless_more_is_asked(
    opened: Office, desk: LateDesk, service: PushService
) -> None:
    late(opened)
    phone(desk, service, "w", opened.worker("administrator"))
    a_day(desk)

    def reminded(days: int) -> int:
        """How many have come by that day."""
        desk.ahead = int((MORNING + timedelta(days)).total_seconds())
        a_day(desk, clock.now() + timedelta(days))
        return len(service.messages("w"))

    assert [reminded(days) for days in (1, 2, 6)] == [1, 1, 1]
    assert [reminded(days) for days in (7, 8)] == [2, 2]
    late(opened, "b", -15)  # to be confirmed in fifteen days: from the ninth on it is soon
    assert [reminded(days) for days in (8, 9, 10)] == [2, 3, 3]


def test_never_at_night_and_what_could_not_be_sent_is_asked_again_tomorrow(
    opened: Office, desk: LateDesk, service: PushService, engine: Engine
) -> None:
    late(opened)
    phone(desk, service, "w", opened.worker("administrator"))
    today = clock.paris_day(clock.now())
    night = datetime(today.year, today.month, today.day, 23, 30, tzinfo=PARIS).astimezone(UTC)
    remind_staff(PUBLIC_URL, engine, night)
    with engine.connect() as connection:
        leaves = connection.execute(select(notices.c.not_before)).scalar_one()
        assert not ledger.has_waiting(connection, int((night + timedelta(hours=8)).timestamp()))
        assert list(last_reminded(connection).values()) == [night]
    assert datetime.fromtimestamp(leaves, PARIS).hour == 8
    with writing(engine).begin() as connection:  # no phone was reached before it mattered no more
        connection.execute(update(notices).values(until=int(night.timestamp())))
        ledger.close_finished(connection, int((night + timedelta(days=1)).timestamp()))
        assert last_reminded(connection) == {}
    remind_staff(PUBLIC_URL, engine, night + timedelta(hours=12))
    assert len(under_way(engine)) == 1


def under_way(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(select(notices.c.id).where(notices.c.state == "waiting")).scalars())


def test_workers_who_ask_together_make_it_once(opened: Office, desk: LateDesk, service: PushService) -> None:
    late(opened)
    for number in range(3):
        phone(desk, service, f"w{number}", opened.worker("administrator", name=f"W{number}"))
    moment = clock.now()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _: remind_staff(PUBLIC_URL, desk.engine, moment), range(8)))
    turn(desk)
    assert [len(service.messages(f"w{number}")) for number in range(3)] == [1, 1, 1]


def test_a_phone_that_is_gone_is_forgotten(opened: Office, desk: LateDesk, service: PushService) -> None:
    late(opened)
    phone(desk, service, "w", opened.worker("administrator"))
    service.reply = lambda _path, _handler: (410, {})
    a_day(desk)
    assert staff_rows(desk.engine) == []


def staff_rows(engine: Engine) -> list[int]:
    with engine.connect() as connection:
        found = select(follows.c.subscription).where(follows.c.contact.startswith("equipe/"))
        return list(connection.execute(found).scalars())


def send(worker: Worker, path: str, value: dict[str, Any]) -> tuple[int, Any]:
    headers = {"origin": worker.office.origin, HEADER: csrf_token(worker.token)}
    answer = worker._send("POST", path, headers, json=value)
    return answer.status_code, answer.json()


def wish(browser: Browser) -> dict[str, Any]:
    """What the page sends."""
    return {name: value for name, value in browser.wish().items() if name != "contacts"}


def test_the_switch_is_on_on_this_device_alone_and_off_leaves_nothing(opened: Office, engine: Engine) -> None:
    one, other = opened.worker("editor", "a"), opened.worker("editor", "a")
    browser = Browser("un", FCM)
    here = {"endpoint": browser.endpoint}
    assert send(one, f"{PLACE}etat", here) == (200, {"ici": False})
    for _ in range(2):
        assert send(one, PLACE, wish(browser)) == (200, {"ici": True})
    assert len(staff_rows(engine)) == 1
    assert send(one, f"{PLACE}etat", here) == (200, {"ici": True})
    assert send(other, f"{PLACE}etat", here) == (200, {"ici": False})
    assert send(one, f"{PLACE}etat", {"endpoint": FCM}) == (200, {"ici": False})
    assert send(other, f"{PLACE}arreter", here) == (200, {"ici": False})  # nobody stops another's
    assert len(staff_rows(engine)) == 1
    assert send(one, f"{PLACE}arreter", here) == (200, {"ici": False})
    with engine.connect() as connection:
        assert connection.execute(select(subscriptions)).all() == []
        assert connection.execute(select(follows)).all() == []


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
        status, told = send(worker, PLACE, wish(Browser("un", FCM)) | change)
        assert (status, bool(told["detail"])) == (400, True), change
    assert staff_rows(engine) == []


def test_what_one_follows_is_not_theirs_to_say(opened: Office, engine: Engine) -> None:
    worker = opened.worker("editor", "a")
    send(worker, PLACE, {**wish(Browser("un", FCM)), "contacts": ["3018", followed_by("another")]})
    with engine.connect() as connection:
        assert list(connection.execute(select(follows.c.contact)).scalars()) == [followed_by(worker.person.id)]


def test_five_phones_at_most_the_oldest_gives_way(opened: Office, engine: Engine) -> None:
    worker = opened.worker("editor", "a")
    browsers = [Browser(f"n{number}", FCM) for number in range(MOST_PHONES + 1)]
    for browser in browsers:
        send(worker, PLACE, wish(browser))
    assert len(staff_rows(engine)) == MOST_PHONES
    on = [send(worker, f"{PLACE}etat", {"endpoint": browser.endpoint})[1]["ici"] for browser in browsers]
    assert on == [False] + [True] * MOST_PHONES


def test_a_reader_s_subscription_of_the_same_browser_is_another(
    opened: Office, desk: LateDesk, settings: Settings
) -> None:
    worker, browser = opened.worker("administrator"), Browser("un", FCM)
    vault = load_vault(settings.keys_dir)
    (reader,) = add_followers(desk, "a", [("https://fcm.googleapis.com", readers_browser(browser))])
    send(worker, PLACE, wish(browser))
    (staff,) = staff_rows(desk.engine)
    with desk.engine.connect() as connection:
        rows = {row.id: row for row in connection.execute(select(subscriptions))}
    assert set(rows) == {reader, staff}
    assert rows[reader].endpoint_hash == vault.endpoint_hash(browser.endpoint) != rows[staff].endpoint_hash
    assert rows[reader].sealed != rows[staff].sealed
    assert vault.unseal(rows[staff].sealed).endpoint == browser.endpoint
    assert browser.name.encode() not in rows[staff].sealed
    send(worker, f"{PLACE}arreter", {"endpoint": browser.endpoint})
    with desk.engine.connect() as connection:
        assert list(connection.execute(select(subscriptions.c.id)).scalars()) == [reader]


def readers_browser(browser: Browser) -> Any:
    """The same, as the fan-out's makers want it."""
    from tests.push_service import Browser as Phone

    return Phone(browser.endpoint)


@pytest.mark.parametrize("how", ["removed", "signed out everywhere", "another role"])
def test_who_leaves_is_reminded_no_more(opened: Office, desk: LateDesk, service: PushService, how: str) -> None:
    """A role that changes ends no reminder: what they may confirm is looked at each day."""
    late(opened)
    worker, administrator = opened.worker("editor", "a"), opened.worker("administrator")
    phone(desk, service, "w", worker)
    phone(desk, service, "stays", administrator)
    remind_staff(PUBLIC_URL, desk.engine, clock.now())  # made, and not sent yet
    if how == "removed":
        administrator.post(f"/equipe/personnes/{worker.person.id}/retirer/", {})
    elif how == "signed out everywhere":
        worker.post("/equipe/moi/sortir-partout/", {})
    else:
        administrator.post(f"/equipe/personnes/{worker.person.id}/role/", {"organisation": "a", "role": "approver"})
    turn(desk)
    stays = how == "another role"
    assert [len(service.messages(name)) for name in ("w", "stays")] == [int(stays), 1]
    assert len(staff_rows(desk.engine)) == 1 + stays


def test_they_are_counted_apart(opened: Office, desk: LateDesk, service: PushService, settings: Settings) -> None:
    late(opened)
    administrator = opened.worker("administrator")
    phone(desk, service, "w", administrator)
    for name in ("r1", "r2"):
        add_followers(desk, "3018", [(service.origin, service.browser(name))])
    tell(desk)
    a_day(desk)
    figures = {found.first("dt").words: found.first("dd").words for found in figures_of(administrator)}
    assert figures["Abonnements"] == f"2 par {service.host}"
    assert figures["Appareils de l’équipe à qui rappeler les horaires"] == "1"
    assert figures["Avis des 30 derniers jours"] == "1, pour 2 envois"
    with desk.engine.connect() as connection:
        assert phones_by_service(connection) == {service.origin: 1}
        assert [line.contact for line in progress(connection)] == ["3018"]
        lines = list(notice_lines(connection, settings))
    assert lines[:2] == ["2 subscriptions", "1 phones of the staff want reminders"]


def figures_of(worker: Worker) -> list[Any]:
    page = worker.get("/equipe/")
    return page.classed("figures")[0].tags("div")


def test_half_a_year_without_a_reminder_forgets_nobody(opened: Office, desk: LateDesk, service: PushService) -> None:
    phone(desk, service, "w", opened.worker("administrator"))
    (reader,) = add_followers(desk, "3018", [(service.origin, service.browser("r"))])
    with writing(desk.engine).begin() as connection:
        assert expire(connection, clock.paris_day(clock.now()) + timedelta(days=200)) == 1
        assert reader not in list(connection.execute(select(subscriptions.c.id)).scalars())
    assert len(staff_rows(desk.engine)) == 1


def test_forgetting_a_person_stops_what_is_under_way(opened: Office, desk: LateDesk, service: PushService) -> None:
    late(opened)
    worker = opened.worker("administrator")
    phone(desk, service, "w", worker)
    remind_staff(PUBLIC_URL, desk.engine, clock.now())
    with writing(desk.engine).begin() as connection:
        forget_phones(connection, worker.person.id)
    assert under_way(desk.engine) == []


def test_a_click_leads_to_the_staff(opened: Office) -> None:
    answer = opened.client.get("/contacts/equipe/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/equipe/")
    assert "set-cookie" not in answer.headers
    assert len(reminder_text(PUBLIC_URL, "x" * 36).encode()) < MOST_BYTES

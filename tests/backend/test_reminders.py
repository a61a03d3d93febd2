"""Reminders to the staff, as their phones receive them: once, at a decent hour, and apart from readers."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from backend import clock
from backend.clock import PARIS
from backend.notices import ledger
from backend.notices.doctor import notice_lines
from backend.notices.pending import Asked
from backend.notices.phones import add_phone, forget_phones, phones_by_service
from backend.notices.progress import progress
from backend.notices.reminders import last_reminded
from backend.notices.subscriptions import expire
from backend.notices.tables import notices, subscriptions
from backend.notices.vault import Subscription
from backend.offline.desk.reminding import remind_staff
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import PUBLIC_URL, LateDesk, add_followers, open_desk, staff_rows, tell, turn
from tests.office import Office, Worker
from tests.push_service import PushService
from tests.words import telling

MORNING = timedelta(hours=15)  # whatever the hour is now, quiet hours are over by then


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

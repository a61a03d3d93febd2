"""Followers by hundreds without pages, and a fan-out driven step by step, its clock in the test's hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, Engine, insert, select

from backend import clock
from backend.notices import ledger, retrying
from backend.notices.announce import Change, announce
from backend.notices.keys import prepare_keys
from backend.notices.lane import Desk, advance, retry
from backend.notices.message import News
from backend.notices.subscriptions import is_staff
from backend.notices.tables import follows, notices, subscriptions
from backend.notices.vapid import load_vapid
from backend.notices.vault import Subscription, load_vault
from backend.settings import Settings
from backend.storage.engine import writing
from tests.push_service import Browser

PUBLIC_URL = "https://appui.example"


class LateDesk(Desk):
    """A desk whose clock is `ahead` seconds of the true one."""

    ahead = 0

    def moment(self) -> int:
        return super().moment() + self.ahead


def open_desk(settings: Settings, engine: Engine, *hosts: str) -> LateDesk:
    prepare_keys(settings, engine, lambda _line: None)
    return LateDesk(engine, load_vault(settings.keys_dir), load_vapid(settings), hosts, PUBLIC_URL)


def add_followers(desk: Desk, contact: str, browsers: Iterable[tuple[str, Browser]]) -> list[int]:
    """(origin, browser) pairs, as if each had proven itself."""
    ids = []
    today = clock.paris_day(clock.now()).isoformat()
    with writing(desk.engine).begin() as connection:
        for origin, browser in browsers:
            values = {
                "origin": origin,
                "endpoint_hash": desk.vault.endpoint_hash(browser.endpoint),
                "sealed": desk.vault.seal(Subscription(browser.endpoint, browser.p256dh, browser.auth)),
                "vapid": desk.vapid.current.id,
                "secret_hash": bytes(32),
                "created_day": today,
                "success_day": today,
            }
            row = connection.execute(insert(subscriptions).values(values).returning(subscriptions.c.id)).scalar_one()
            connection.execute(insert(follows).values(contact=contact, origin=origin, subscription=row))
            ids.append(int(row))
    return ids


def news(contact: str = "3018", edition: int = 2) -> Change:
    now = datetime.now(UTC)
    return Change(News(contact, "Tous les jours, de 9 h à 12 h", [[29_000_000, 180, "open"]]), now, now + timedelta(3))


def tell(desk: Desk, contact: str = "3018", edition: int = 2) -> str:
    """Make a notice; its id."""
    with writing(desk.engine).begin() as connection:
        announce(connection, PUBLIC_URL, edition, [news(contact)], clock.now())
        return str(connection.execute(select(notices.c.id).order_by(notices.c.edition.desc())).scalars().first())


def turn(desk: Desk) -> None:
    """All that can be done at this moment."""
    moment = desk.moment()
    with writing(desk.engine).begin() as connection:
        ledger.begin_waiting(connection, moment)
    for _ in range(20):
        lanes, again = _work(desk)
        for lane in lanes:
            while advance(desk, lane.notice, lane.number):
                pass
        for group in again:
            while retry(desk, group):
                pass
        if not lanes and not again:
            break
    with writing(desk.engine).begin() as connection:
        ledger.close_finished(connection, desk.moment())


def _work(desk: Desk) -> tuple[list[ledger.Lane], list[retrying.Again]]:
    with desk.engine.connect() as connection:
        return ledger.open_lanes(connection, desk.moment()), retrying.due_again(connection, desk.moment())


def stored(connection: Connection) -> set[int]:
    return set(connection.execute(select(subscriptions.c.id)).scalars())


def staff_rows(engine: Engine) -> list[int]:
    """The phones of the staff."""
    with engine.connect() as connection:
        return list(connection.execute(select(follows.c.subscription).where(is_staff(follows.c.contact))).scalars())

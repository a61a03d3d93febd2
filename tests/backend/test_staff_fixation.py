"""Session fixation: an id that an attacker knows, chose or kept must never become, or stay, somebody's session."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, insert, select

from backend.settings import Settings
from backend.staff.people import load_person, remove_person
from backend.staff.sessions import end_all
from backend.staff.tables import staff_sessions
from backend.staff.tokens import digest
from backend.storage.engine import writing
from tests.authenticator import Authenticator
from tests.staff_door import Browser, Door, staff_door

PLANTED = "A" * 43


@pytest.fixture
def door(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings) as opened:
        yield opened


def sign_in(browser: Browser, key: Authenticator) -> None:
    options = browser.post("/equipe/connexion/options").json()
    answer = browser.post("/equipe/connexion/", {"answer": key.get(options)})
    assert answer.status_code == 200, answer.text


def opens(door: Door, cookie: str) -> bool:
    """Whether an attacker who holds this cookie is taken for somebody."""
    attacker = Browser(door)
    attacker.cookies[door.space.cookies.session] = cookie
    return attacker.known()


@pytest.mark.parametrize(
    "planted",
    [PLANTED, "null", "undefined", "0", "", '"', "../" * 14, "A" * 4_000, "%41" * 14, "Zm9v" * 10 + "Zm8", "é" * 43],
    ids=lambda text: ascii(text)[:12],
)
def test_a_planted_session_cookie_never_becomes_one(door: Door, planted: str) -> None:
    _, key = door.enrolled()
    victim = door.browser()
    victim.cookies[door.space.cookies.session] = planted.encode().decode("latin-1")
    sign_in(victim, key)
    assert victim.session not in ("", planted)
    assert not opens(door, planted.encode().decode("latin-1"))


def test_a_planted_visit_is_not_the_session(door: Door) -> None:
    _, key = door.enrolled()
    victim = Browser(door)
    victim.cookies[door.space.cookies.visit] = PLANTED
    sign_in(victim, key)
    assert victim.session != PLANTED
    assert not opens(door, PLANTED)
    assert door.space.cookies.visit not in victim.cookies


def test_an_attackers_own_session_planted_in_a_victim_does_not_become_the_victims(door: Door) -> None:
    attacker, _ = door.enrolled("Attaquant")
    _, key = door.enrolled()
    known_to_attacker = attacker.session
    victim = Browser(door)
    victim.cookies[door.space.cookies.session] = known_to_attacker
    sign_in(victim, key)
    assert victim.session != known_to_attacker
    assert not opens(door, known_to_attacker)  # it ended with the sign-in that took its place


def test_two_cookies_of_one_name_are_none(door: Door) -> None:
    browser, _ = door.enrolled()
    name = door.space.cookies.session
    for cookies in (f"{name}={PLANTED}; {name}={browser.session}", f"{name}={browser.session}; {name}={PLANTED}"):
        assert "/equipe/moi/" not in Browser(door).send("GET", "/equipe/", {"cookie": cookies}).text
        assert Browser(door).send("GET", "/equipe/moi/", {"cookie": cookies}).status_code == 303


def test_a_row_in_the_database_by_its_clear_id_opens_nothing(door: Door) -> None:
    """Who can write the hash can write a session; who reads the table cannot use what it holds."""
    browser, _ = door.enrolled()
    with door.space.engine.connect() as connection:
        stored = connection.execute(select(staff_sessions.c.digest)).scalars().all()
    assert digest(browser.session) in stored
    for held in stored:
        assert not opens(door, held.hex())


def test_the_id_changes_at_every_step(door: Door) -> None:
    browser, key = door.enrolled()
    ids = [browser.session]
    options = browser.post("/equipe/confirmer/options").json()
    assert browser.post("/equipe/confirmer/", {"answer": key.get(options)}).status_code == 200
    ids.append(browser.session)
    sign_in(browser, key)
    ids.append(browser.session)
    assert len(set(ids)) == 3
    assert [opens(door, old) for old in ids] == [False, False, True]


def test_leaving_ends_it(door: Door) -> None:
    browser, _ = door.enrolled()
    kept = browser.session
    assert browser.post("/equipe/sortir/").status_code == 303
    assert not opens(door, kept)


def test_leaving_everywhere_ends_the_others(door: Door) -> None:
    browser, key = door.enrolled()
    elsewhere = door.browser()
    sign_in(elsewhere, key)
    assert elsewhere.known()
    assert browser.post("/equipe/moi/sortir-partout/").status_code == 303
    assert not elsewhere.known()
    assert not browser.known()


def test_revoked_by_somebody_else_it_ends_at_the_next_request(door: Door) -> None:
    browser, _ = door.enrolled()
    with door.space.engine.connect() as connection:
        person = connection.execute(select(staff_sessions.c.person)).scalar_one()
    with writing(door.space.engine).begin() as connection:
        end_all(connection, person)
    assert not browser.known()
    assert browser.post("/equipe/moi/codes/").status_code in (401, 403)


def test_somebody_who_left_is_nobody_even_where_a_session_was_forgotten(door: Door) -> None:
    browser, _ = door.enrolled()
    with writing(door.space.engine).begin() as connection:
        person = connection.execute(select(staff_sessions.c.person)).scalar_one()
        assert load_person(connection, person)
        remove_person(connection, person, door.now)
    assert not browser.known()


@pytest.mark.parametrize(("idle", "alive"), [(29, True), (30, False), (600, False)])
def test_half_an_hour_idle_ends_it(door: Door, idle: float, alive: bool) -> None:
    browser, _ = door.enrolled()
    door.later(minutes=idle)
    assert browser.known() is alive


def test_eight_hours_end_it_however_busy(door: Door) -> None:
    browser, _ = door.enrolled()
    for _ in range(23):
        door.later(minutes=20)
        assert browser.known()
    door.later(minutes=20)
    assert not browser.known()


def test_a_session_of_tomorrow_is_none(door: Door) -> None:
    """A row that a wrong clock, or somebody, dated ahead."""
    browser, _ = door.enrolled()
    with writing(door.space.engine).begin() as connection:
        row = dict(connection.execute(select(staff_sessions)).mappings().one())
        ahead = int(door.now.timestamp()) + 86_400
        row |= {"digest": digest(PLANTED), "reference": "ahead", "created": ahead, "seen": ahead}
        connection.execute(insert(staff_sessions).values(row))
    assert not opens(door, PLANTED)
    assert browser.known()


def test_visits_write_nothing(door: Door) -> None:
    for _ in range(100):
        door.browser()
    with door.space.engine.connect() as connection:
        assert connection.execute(select(staff_sessions)).all() == []


def test_the_cookie_says_what_it_must(door: Door) -> None:
    _, key = door.enrolled()
    browser = door.browser()
    options = browser.post("/equipe/connexion/options").json()
    answer = browser.post("/equipe/connexion/", {"answer": key.get(options)})
    line = next(line for line in answer.headers.get_list("set-cookie") if browser.session in line)
    for part in ("Path=/equipe", "HttpOnly", "SameSite=Strict"):
        assert part.lower() in line.lower()
    assert "Domain" not in line

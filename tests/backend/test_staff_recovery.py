"""A printed code: who is told that somebody asks to come back, who may stop it, and what is over once they are back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from backend.settings import Settings
from backend.staff import audit, invitations
from backend.staff.invitations import RECOVERY
from backend.staff.policy import Person
from backend.staff.recovery import new_codes, use_code
from backend.storage.engine import writing
from backend.web.csrf import HEADER, csrf_token
from tests.authenticator import Authenticator
from tests.staff_door import Browser, Door, staff_door
from tests.staffing import sign_in

HERE, ELSEWHERE = "cidff-95", "e-enfance"
ASKED = "demande un nouvel accès avec un code imprimé"
VOID = "Les codes que vous aviez imprimés ne marchent plus"
MINE = "Un nouvel accès a été demandé à votre nom"


@pytest.fixture
def door(engine: Engine, settings: Settings) -> Iterator[Door]:
    with staff_door(engine, settings) as opened:
        yield opened


def somebody(door: Door, role: str, organisation: str | None = None, name: str = "Camille") -> tuple[Person, Browser]:
    person, token = sign_in(door.space.engine, role, organisation, name, door.now)
    browser = Browser(door)
    browser.cookies[door.space.cookies.session] = token
    return person, browser


@dataclass
class Asking:
    """Somebody without a session who types a code of `person`."""

    link: str
    browser: Browser


def ask(door: Door, person: Person) -> Asking:
    with writing(door.space.engine).begin() as connection:
        code = new_codes(connection, person)[0]
    browser = door.browser()
    visit = browser.cookies[door.space.cookies.visit]
    own = {"origin": door.space.place.origin, "content-type": "application/x-www-form-urlencoded"}
    door.client.cookies.clear()
    answer = door.client.post(
        "/equipe/secours/",
        content=f"code={code}",
        headers={"cookie": f"{door.space.cookies.visit}={visit}", HEADER: csrf_token(visit), **own},
    )
    assert answer.status_code == 200
    (link,) = re.findall(r"/equipe/invitation/[\w-]+/", answer.text)
    return Asking(link, browser)


def come_back(asking: Asking, key: Authenticator) -> int:
    options = asking.browser.post(f"{asking.link}options", {})
    if options.status_code != 200:
        return int(options.status_code)
    answer = asking.browser.post(asking.link, {"answer": key.create(options.json())})
    return int(answer.status_code)


def stop_address(browser: Browser, path: str = "/equipe/") -> str | None:
    found = re.search(r"/equipe/acces/[\w-]+/arreter/", browser.get(path).text)
    return found[0] if found else None


def acts(door: Door) -> list[tuple[str, str, str]]:
    with door.space.engine.connect() as connection:
        return [(entry.actor, entry.action, entry.subject) for entry in audit.entries(connection)]


def test_it_is_told_to_the_person_to_their_managers_and_to_administrators(door: Door) -> None:
    person, own = somebody(door, "editor", HERE, "Dominique")
    told = [somebody(door, "manager", HERE)[1], somebody(door, "administrator")[1]]
    untold = [somebody(door, "approver", HERE)[1], somebody(door, "manager", ELSEWHERE)[1]]
    ask(door, person)
    for browser in told:
        for path in ("/equipe/", "/equipe/personnes/"):
            assert f"Dominique {ASKED}" in browser.get(path).text
            assert stop_address(browser, path)
        assert ASKED not in browser.get("/equipe/moi/").text
        assert '<a href="/equipe/personnes/" aria-current="page">' in browser.get("/equipe/personnes/").text
    for path in ("/equipe/", "/equipe/moi/"):
        assert MINE in own.get(path).text
    address = stop_address(own)
    assert address
    for browser in untold:
        assert ASKED not in browser.get("/equipe/").text
        assert browser.post(address).status_code == 404
    assert door.browser().post(address).status_code == 401
    assert stop_address(own) == address


@pytest.mark.parametrize("who", ["the person", "a manager", "an administrator"])
def test_each_of_them_stops_it(door: Door, who: str) -> None:
    person, own = somebody(door, "editor", HERE, "Dominique")
    stopper, browser = {
        "the person": lambda: (person, own),
        "a manager": lambda: somebody(door, "manager", HERE),
        "an administrator": lambda: somebody(door, "administrator"),
    }[who]()
    asking = ask(door, person)
    address = stop_address(browser)
    assert address
    answer = browser.post(address)
    assert answer.status_code == 303
    assert ("La demande est arrêtée" in browser.get(answer.headers["location"]).text) is (who == "the person")
    assert stop_address(browser) is None
    assert browser.post(address).status_code == 404
    assert acts(door)[-1] == (stopper.id, "cancelled a recovery", person.id)
    door.later(hours=25)
    assert come_back(asking, door.key()) == 403


@pytest.mark.parametrize("who", ["the person", "a manager"])
def test_a_stopped_request_makes_the_rest_of_the_list_void(door: Door, who: str) -> None:
    person, own = somebody(door, "editor", HERE, "Dominique")
    browser = own if who == "the person" else somebody(door, "manager", HERE)[1]
    with writing(door.space.engine).begin() as connection:
        codes = new_codes(connection, person)
        assert use_code(connection, codes[0], door.now) == person
        invitations.renew(connection, RECOVERY, person.id, person, door.now)
    assert VOID not in own.get("/equipe/moi/").text
    address = stop_address(browser)
    assert address
    browser.post(address)
    page = own.get("/equipe/moi/").text
    assert VOID in page
    assert "imprimez de nouveaux codes" in page
    with writing(door.space.engine).begin() as connection:
        assert [use_code(connection, code, door.now) for code in codes] == [None] * len(codes)
    with writing(door.space.engine).begin() as connection:
        fresh = new_codes(connection, person)
    page = own.get("/equipe/moi/").text
    assert VOID not in page
    assert f"Il vous en reste {len(fresh)}" in page


def test_a_list_spent_to_its_end_is_not_told_as_void(door: Door) -> None:
    person, own = somebody(door, "editor", HERE)
    with writing(door.space.engine).begin() as connection:
        for code in new_codes(connection, person):
            use_code(connection, code, door.now)
    page = own.get("/equipe/moi/").text
    assert VOID not in page
    assert "Vous n’en avez pas" in page


def test_a_manager_neither_sees_nor_stops_an_administrator_s(door: Door) -> None:
    person, own = somebody(door, "administrator")
    _, manager = somebody(door, "manager", HERE)
    ask(door, person)
    assert stop_address(manager) is None
    address = stop_address(own)
    assert address
    assert manager.post(address).status_code == 404
    assert stop_address(own) == address


def test_it_opens_a_day_later_and_what_was_before_opens_nothing(door: Door) -> None:
    first, old_key = door.enrolled()
    with door.space.engine.connect() as connection:
        (person_id,) = {entry.actor for entry in audit.entries(connection)}
    person = Person(person_id, "Camille", administrator=True)
    other, asking = ask(door, person), ask(door, person)
    new_key = door.key()
    door.later(hours=23)
    assert come_back(asking, new_key) == 403
    door.later(hours=2)
    again = door.browser()
    answer = old_key.get(again.post("/equipe/connexion/options").json())
    assert again.post("/equipe/connexion/", {"answer": answer}).status_code == 200  # until then one's key is good
    assert again.known()
    assert come_back(asking, new_key) == 200
    assert asking.browser.known()
    assert not again.known()
    assert not first.known()
    refused = door.browser()
    answer = old_key.get(refused.post("/equipe/connexion/options").json())
    assert refused.post("/equipe/connexion/", {"answer": answer}).status_code == 403
    page = asking.browser.get("/equipe/moi/").text
    assert len(re.findall("Créée le", page)) == 1
    assert come_back(other, door.key()) == 403  # a second link asked for in the same name
    told = [action for _, action, _ in acts(door)]
    assert told.count("used a recovery code") == 2
    assert told.count("came back") == 1

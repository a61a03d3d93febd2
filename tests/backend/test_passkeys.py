"""Answers of authenticators that must not open the door: replayed, late, forged, somebody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.base64url import base64url
from backend.staff.ceremonies import RefusedAnswerError, enrolment_options, sign_in_options
from backend.staff.challenges import Purpose, give_challenge
from backend.staff.passkeys import enrol, keep_passkey, recognise
from backend.staff.people import add_person, new_identity
from backend.staff.place import Place, place_of
from backend.staff.recovery import new_codes, use_code
from backend.staff.tokens import new_token
from backend.storage.engine import writing
from tests.authenticator import Authenticator

MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLACE = Place("http://localhost:8000", "localhost")
SIGN_IN = Purpose("sign-in")
COOKIE = new_token()


def enrolled(engine: Engine, name: str = "Camille", **lies: Any) -> tuple[str, Authenticator]:
    device, identity = Authenticator(PLACE.origin), new_identity(name)
    with writing(engine).begin() as connection:
        person = add_person(connection, identity, "administrator", None, MOMENT)
        challenge = give_challenge(connection, COOKIE, Purpose("enrol", "x"), MOMENT)
        answer = device.create(enrolment_options(PLACE, identity, challenge, ()), **lies)
        found = enrol(connection, PLACE, COOKIE, Purpose("enrol", "x"), answer, MOMENT)
        keep_passkey(connection, person.id, found, "clé", MOMENT)
    return person.id, device


def asked(engine: Engine, cookie: str = COOKIE, moment: datetime = MOMENT) -> dict[str, Any]:
    with writing(engine).begin() as connection:
        return sign_in_options(PLACE, give_challenge(connection, cookie, SIGN_IN, moment))


def accepted(
    engine: Engine, answer: Any, cookie: str = COOKIE, later: int = 0, purpose: Purpose = SIGN_IN
) -> str | None:
    """Who is recognised; the transaction is kept, as the routes do."""
    with writing(engine).begin() as connection:
        try:
            return recognise(connection, PLACE, cookie, purpose, answer, MOMENT + timedelta(seconds=later))[0]
        except RefusedAnswerError:
            return None


def test_an_honest_answer_opens_once(engine: Engine) -> None:
    person, device = enrolled(engine)
    answer = device.get(asked(engine))
    assert accepted(engine, answer, later=299) == person
    assert {accepted(engine, answer) for _ in range(1000)} == {None}


def test_a_refused_answer_spends_its_challenge_too(engine: Engine) -> None:
    _, device = enrolled(engine)
    options = asked(engine)
    assert accepted(engine, device.get(options, signature=b"0" * 70)) is None
    assert accepted(engine, device.get(options)) is None


LIES: dict[str, dict[str, Any]] = {
    "wrong origin": {"origin": "http://localhost:8001"},
    "lookalike origin": {"origin": "http://localhost:8000.evil.example"},
    "wrong place": {"place": "evil.example"},
    "nobody verified": {"verified": 0},
    "inside another site": {"cross_origin": True},
    "wrong type": {"type": "webauthn.create"},
    "a challenge of its own": {"challenge": base64url(b"c" * 32)},
    "no signature": {"signature": b""},
    "counter goes back": {"step": -5},
    "another's handle": {"handle": b"h" * 32},
    "no handle": {"handle": b""},
}


@pytest.mark.parametrize("lie", LIES)
def test_a_false_answer_opens_nothing(engine: Engine, lie: str) -> None:
    person, device = enrolled(engine)
    device.count = 10
    assert accepted(engine, device.get(asked(engine))) == person
    assert accepted(engine, device.get(asked(engine), **LIES[lie])) is None


def test_late_elsewhere_or_for_something_else(engine: Engine) -> None:
    _, device = enrolled(engine)
    assert accepted(engine, device.get(asked(engine)), later=300) is None
    assert accepted(engine, device.get(asked(engine)), cookie=new_token()) is None
    assert accepted(engine, device.get(asked(engine)), purpose=Purpose("confirm", "p")) is None


def test_somebody_else_s_passkey_is_not_one_s_own(engine: Engine) -> None:
    (one, first), (_, second) = enrolled(engine), enrolled(engine, "Dominique")
    second.credential, second.handle = first.credential, first.handle
    assert accepted(engine, second.get(asked(engine))) is None
    assert accepted(engine, first.get(asked(engine))) == one


@pytest.mark.parametrize(
    "lie", ["wrong origin", "wrong place", "nobody verified", "inside another site", "a challenge of its own"]
)
def test_false_enrolments(engine: Engine, lie: str) -> None:
    with pytest.raises(RefusedAnswerError):
        enrolled(engine, **LIES[lie])


@pytest.mark.parametrize(
    "answer",
    [None, 5, [], {}, {"response": 5}, {"response": {"clientDataJSON": "é"}},
     {"response": {"clientDataJSON": "bnVsbA"}},
     {"rawId": [], "response": {"clientDataJSON": base64url(b'{"challenge": "aa"}')}}],
)  # fmt: skip
def test_what_is_no_answer(engine: Engine, answer: Any) -> None:
    assert accepted(engine, answer) is None


def test_a_recovery_code_serves_once(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        person = add_person(connection, new_identity("Camille"), "administrator", None, MOMENT)
        codes = new_codes(connection, person)
        assert use_code(connection, codes[0].lower().replace("-", " "), MOMENT) == person
        assert use_code(connection, codes[0], MOMENT) is None
        assert use_code(connection, "AAAA-AAAA-AAAA-AAAA", MOMENT) is None
        new_codes(connection, person)
        assert use_code(connection, codes[1], MOMENT) is None


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("http://127.0.0.1:8000", Place("http://localhost:8000", "localhost")),
        ("http://[::1]:8000", Place("http://localhost:8000", "localhost")),
        ("http://localhost:9", Place("http://localhost:9", "localhost")),
        ("https://appui.example", Place("https://appui.example", "appui.example")),
        ("https://appui.example:443", Place("https://appui.example", "appui.example")),
        ("https://192.0.2.1", Place("https://192.0.2.1", None)),
    ],
)
def test_where_passkeys_live(url: str, place: Place) -> None:
    assert place_of(url) == place

"""Hours kept right at the desk: what is shown before, what is published, what comes back when something is wrong."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Engine

from backend.offline.changes_waiting import published_documents
from backend.offline.editions import last_number
from backend.offline.revisions import draft_revision, save_draft
from backend.settings import Settings
from backend.storage.documents import load_documents
from backend.storage.engine import writing
from backend.web.csrf import HEADER, csrf_token
from tests.backend.test_hours_form import TYPED
from tests.desk import MOMENT, Desk, desk, fields_of
from tests.workflow import contact, small_pack

HOURS = "/equipe/contacts/a/horaires/"
WEEK = "/equipe/contacts/a/fermer/"


@pytest.fixture
def at(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with desk(engine, settings, small_pack(), "editor", "a") as opened:
        yield opened


def schedule(engine: Engine, published: bool = True) -> dict[str, Any]:
    with engine.connect() as connection:
        documents = published_documents(connection) if published else load_documents(connection)
        found: dict[str, Any] = json.loads(next(d.body for d in documents if d.key == ("contact", "a")))["schedule"]
    return found


def edition(engine: Engine) -> int:
    with engine.connect() as connection:
        return last_number(connection)


def test_closed_this_week_is_seen_before_and_published_by_one_button(at: Desk, engine: Engine) -> None:
    _, tree = at.get(f"{WEEK}?quoi=semaine")
    assert "du 24 au 29 novembre 2026" in tree.words.replace("\xa0", " ")
    assert "fermé" in tree.classed("now")[0].words
    status, _ = at.send(WEEK, fields_of(tree) | {"reason": "congés", "do": "publish"})
    assert status == 303
    assert edition(engine) == 2
    assert schedule(engine)["exceptions"] == [
        {"from": "2026-11-24", "until": "2026-11-29", "slots": [], "reason": "congés"}
    ]


def test_what_is_taken_back_in_a_draft_still_closes_for_the_week(at: Desk, engine: Engine) -> None:
    """Until a second person has seen the draft, its number rings."""
    away = "/equipe/contacts/a/retirer/"
    assert at.send(away, {"revision": at.revision(away), "withdrawn": "Ne répond plus."})[0] == 303
    status, tree = at.get(f"{WEEK}?quoi=semaine")
    assert status == 200
    assert at.send(WEEK, fields_of(tree) | {"do": "publish"})[0] == 303
    assert schedule(engine)["exceptions"]
    assert at.send(away, {"revision": at.revision(away), "withdrawn": "Ne répond plus."})[0] in (303, 404)


def test_one_day_ahead_is_closed_by_its_date_alone(at: Desk, engine: Engine) -> None:
    """The form of one day has but one field: what it does not show cannot be wrong in it."""
    _, tree = at.get(f"{WEEK}?quoi=jour")
    given = fields_of(tree) | {"first": "2026-12-03"}
    assert "last" not in given
    assert at.send(WEEK, given | {"do": "see"})[0] == 200
    assert at.send(WEEK, given | {"do": "publish"})[0] == 303
    (shut,) = schedule(engine)["exceptions"]
    assert (shut["from"], shut["until"]) == ("2026-12-03", "2026-12-03")


def test_a_closure_says_what_it_keeps_and_what_it_replaces(at: Desk, engine: Engine) -> None:
    given = {"quoi": "dates", "first": "2026-11-30", "last": "2026-12-04", "reason": "", "do": "see"}
    assert at.send(WEEK, given | {"revision": at.revision(WEEK)})[0] == 200
    status, tree = at.send(WEEK, given | {"revision": at.revision(WEEK), "do": "publish"})
    assert status == 303
    _, tree = at.send(WEEK, given | {"last": "2026-12-06", "revision": at.revision(WEEK)})
    assert "Déjà fermé : du 30 novembre au 4 décembre 2026" in tree.words.replace("\xa0", " ")


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"first": ""}, "first"),
        ({"first": "demain"}, "first"),
        ({"first": "31/02/2027"}, "first"),
        ({"first": "2026-11-23"}, "first"),
        ({"first": "2026-12-04", "last": "2026-12-01"}, "last"),
        ({"last": "Noël"}, "last"),
        ({"last": "2036-01-01"}, "last"),
        ({"reason": "x" * 121}, "reason"),
        ({"reason": "a\tb"}, "reason"),
        ({"reason": "\u202egnp"}, "reason"),
    ],
)
def test_a_closure_that_cannot_be_read_comes_back_as_typed(
    at: Desk, engine: Engine, typed: dict[str, str], field: str
) -> None:
    given = {"quoi": "dates", "first": "2026-12-01", "last": "2026-12-04", "reason": "", "do": "publish"} | typed
    status, tree = at.send(WEEK, given | {"revision": at.revision(WEEK)})
    assert status == 422
    assert tree.having("id", f"{field}-faute")[0].words
    assert tree.having("aria-describedby")
    assert {name: fields_of(tree)[name] for name in typed} == typed
    assert edition(engine) == 1


def test_still_right_is_one_tap(at: Desk, engine: Engine) -> None:
    _, tree = at.get("/equipe/contacts/a/")
    button = next(found for found in tree.tags("button") if "toujours exact" in found.words)
    assert at.send("/equipe/contacts/a/exact/", {"revision": button["value"]})[0] == 303
    with engine.connect() as connection:
        body = json.loads(next(d.body for d in published_documents(connection) if d.key == ("contact", "a")))
    assert (body["confirmed_on"], body["confirm_by"]) == ("2026-11-24", "2027-05-23")


@pytest.mark.parametrize("closing", [False, True])
def test_after_hours_were_published_nothing_waits_and_still_right_is_one_tap(
    at: Desk, engine: Engine, closing: bool
) -> None:
    """The words that stood for want of hours are written as empty then: a difference that no reader sees."""
    if closing:
        assert at.send(WEEK, fields_of(at.get(f"{WEEK}?quoi=semaine")[1]) | {"do": "publish"})[0] == 303
    typed = fields_of(at.get(HOURS)[1]) | {"tu.0.start": "14h-17h30", "do": "publish", "seen": "1"}
    for _ in range(2):  # what is unusual is shown once, then acknowledged
        status, tree = at.send(HOURS, typed)
        if status == 303:
            break
        typed = fields_of(tree) | {"do": "publish"}
    assert status == 303
    with engine.connect() as connection:
        assert published_documents(connection) == load_documents(connection)
    test_still_right_is_one_tap(at, engine)
    with engine.connect() as connection:
        assert published_documents(connection) == load_documents(connection)


def test_what_readers_do_not_have_yet_is_not_dated_for_them(at: Desk, engine: Engine) -> None:
    """Hours of a draft were on the page; the day of today went out beside those of before."""
    assert at.send(HOURS, fields_of(at.get(HOURS)[1]) | {"tu.0.start": "14h-17h30", "do": "save"})[0] == 303
    revision = next(found for found in at.get("/equipe/contacts/a/")[1].tags("button") if found["name"] == "revision")
    answer = at.post("/equipe/contacts/a/exact/", {"revision": revision["value"]})
    assert "quand ce contact sera publié" in at.get(answer.headers["location"])[1].first("main").words
    assert edition(engine) == 1


def test_hours_are_seen_in_words_before_they_are_published(at: Desk, engine: Engine) -> None:
    _, tree = at.get(HOURS)
    typed = fields_of(tree) | {"tu.0.start": "14h-17h30", "do": "see"}
    status, tree = at.send(HOURS, typed)
    assert status == 200
    assert "Le mardi : de 14 h à 17 h 30, au lieu de : fermé" in tree.words.replace("\xa0", " ")
    assert "Mardide 14 h à 17 h 30" in tree.classed("reader")[0].words.replace("\xa0", " ")
    assert edition(engine) == 1
    assert at.send(HOURS, typed | {"do": "publish"})[0] == 303
    assert schedule(engine)["weekly"]["tu"] == [["14:00", "17:30"]]


def test_a_draft_stays_a_draft(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(HOURS)[1]) | {"tu.0.start": "14h-17h30", "do": "save"}
    assert at.send(HOURS, typed)[0] == 303
    assert "tu" not in schedule(engine)["weekly"]
    assert "tu" in schedule(engine, published=False)["weekly"]
    assert "pas encore publié" in at.get("/equipe/contacts/")[1].words


def test_htmx_is_sent_on_by_its_own_header(at: Desk) -> None:
    typed = fields_of(at.get(HOURS)[1]) | {"do": "publish"}
    answer = at.post(HOURS, typed, **{"hx-request": "true"})
    assert (answer.status_code, answer.headers["hx-redirect"]) == (200, "/equipe/contacts/a/?fait=publie")


@pytest.mark.parametrize("action", ["add tu", "split mo.0", "season", "opening", "closure", "copy mo", "remove mo.0"])
def test_each_button_gives_the_form_back_with_all_that_was_typed(at: Desk, action: str) -> None:
    typed = fields_of(at.get(HOURS)[1]) | {"note": "Deuxième étage", "we.0.start": "pas encore", "copy.mo.su": "1"}
    status, tree = at.send(HOURS, typed | {"do": action})
    kept = fields_of(tree)
    assert status == 200
    assert (kept["note"], kept["we.0.start"]) == ("Deuxième étage", "pas encore")
    assert not tree.classed("fault")
    if action.partition(" ")[0] not in ("copy", "remove"):
        assert len(tree.having("autofocus")) == 1


def test_what_is_typed_badly_comes_back_beside_its_fault(at: Desk, engine: Engine) -> None:
    revision = at.revision(HOURS)
    for typed, name, _ in TYPED:
        status, tree = at.send(HOURS, typed | {"revision": revision, "do": "publish"})
        assert status == 422, typed
        assert tree.having("id", f"{name.replace('.', '-')}-faute"), typed
        kept = fields_of(tree)
        assert {key: kept.get(key) for key in typed if not key.endswith(".next")} == {
            key: value for key, value in typed.items() if not key.endswith(".next")
        }
    assert edition(engine) == 1


def test_the_unusual_is_acknowledged_then_published(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(HOURS)[1]) | {"sa.0.start": "8h-22h"}
    status, tree = at.send(HOURS, typed | {"do": "publish"})
    assert (status, edition(engine)) == (422, 1)
    mark = tree.having("name", "seen")[0]["value"]
    assert at.send(HOURS, typed | {"do": "publish", "seen": "1"})[0] == 422
    assert at.send(HOURS, typed | {"do": "publish", "seen": mark})[0] == 303
    assert edition(engine) == 2


def test_a_change_dated_ahead_keeps_today_s_hours_until_then(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(HOURS)[1]) | {"mo.0.start": "10h", "begins": "2027-01-04"}
    assert at.send(HOURS, typed | {"do": "publish"})[0] == 303
    made = schedule(engine)
    assert made["weekly"]["mo"] == [["10:00", "12:00"]]
    assert made["seasons"] == [{"from": "2026-11-24", "until": "2027-01-03", "weekly": {"mo": [["09:00", "12:00"]]}}]


def test_two_people_on_the_same_hours_see_it_and_lose_nothing(at: Desk, engine: Engine) -> None:
    mine = fields_of(at.get(HOURS)[1]) | {"tu.0.start": "14h-17h", "do": "publish"}
    theirs = json.dumps(contact("a", "Alpha", "0130303030", schedule={"weekly": {"fr": [["09:00", "10:00"]]}}))
    with writing(engine).begin() as connection:
        save_draft(connection, "contact", "a", theirs, "dominique", draft_revision(connection, "contact", "a"), MOMENT)
    status, tree = at.send(HOURS, mine)
    assert status == 422
    assert "Le vendredi, de 9 h à 10 h" in tree.words.replace("\xa0", " ")
    kept = fields_of(tree)
    assert kept["tu.0.start"] == "14h-17h"
    assert at.send(HOURS, kept | {"do": "publish"})[0] == 303
    assert "fr" not in schedule(engine)["weekly"]


@pytest.mark.parametrize("page", ["", "horaires/", "fermer/", "fiche/", "retirer/"])
def test_a_contact_of_others_is_refused(at: Desk, engine: Engine, page: str) -> None:
    assert at.get(f"/equipe/contacts/b/{page}")[0] == 403
    assert at.send(f"/equipe/contacts/b/{page or 'exact/'}", {"revision": "1", "do": "publish"})[0] == 403
    assert at.get(f"/equipe/contacts/nulle-part/{page}")[0] == 404
    assert edition(engine) == 1


@pytest.mark.parametrize(
    "body", [b"", b"do=publish", b"%ff=%fe&do=publish", b"a" * 100, b"revision=x&do=save", b"&&&==&"]
)
def test_nonsense_gets_no_error_of_ours(at: Desk, body: bytes) -> None:
    for path in (HOURS, WEEK, "/equipe/contacts/a/exact/", "/equipe/contacts/a/fiche/", "/equipe/contacts/a/retirer/"):
        for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data", ""):
            token = csrf_token(next(iter(at.client.cookies.values())))
            headers = {"content-type": kind, HEADER: token, **at.origin}
            answer = at.client.post(path, content=body, headers=headers, follow_redirects=False)
            assert answer.status_code < 500

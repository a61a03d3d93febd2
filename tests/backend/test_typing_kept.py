"""A session that is over, or that another tab has renewed, takes nothing of what was typed, on both databases."""

from __future__ import annotations

import time
from typing import Any

import pytest
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from backend.offline.desk.room import Room
from backend.staff.tables import staff_sessions
from backend.storage.engine import BUSY_TIMEOUT_MS, writing
from backend.web.csrf import FIELD, csrf_token
from tests.desk import fields_of
from tests.markup import Element, parse
from tests.office import Office, Worker

FORMS = {
    "/equipe/contacts/a/fiche/": "note",
    "/equipe/contacts/a/horaires/": "note",
    "/equipe/contacts/a/fermer/?quoi=dates": "reason",
    "/equipe/organismes/a/": "about",
    "/equipe/organismes/a/nouveau-contact/": "expect",
    "/equipe/organismes/nouveau/": "about",
    "/equipe/guides/un/": "text",
    "/equipe/guides/nouveau/": "text",
    "/equipe/sources/nouvelle/": "says",
    "/equipe/contacts/a/retirer/": "withdrawn",
    "/equipe/organismes/a/fermer/": "closed_on",
    "/equipe/publier/": "message",
}
TYPED = 'Une phrase\nlongue à écrire, « & > " »'


def kept(text: str) -> Element:
    return next(form for form in parse(text).tags("form") if "data-kept" in form.attributes)


def send(worker: Worker, path: str, fields: dict[str, str], token: str) -> Any:
    """A form made for the session `token`."""
    headers = {"origin": worker.office.origin, "content-type": "application/x-www-form-urlencoded"}
    return worker._send("POST", path, data={**fields, FIELD: csrf_token(token)}, headers=headers)


def end_all_sessions(opened: Office) -> None:
    with writing(opened.engine).begin() as connection:
        connection.execute(update(staff_sessions).values(seen=1_000_000))


def test_what_was_typed_comes_back_once_signed_in_again(opened: Office) -> None:
    before, after = opened.worker("administrator"), opened.worker("administrator")
    opened.draft(after, ("organisation", "b"), about="Un mot")  # something to publish
    for path, field in FORMS.items():
        typed, address = fields_of(after.get(path)) | {field: TYPED}, path.partition("?")[0]
        # Signed in anew in another tab, or a passkey shown there: the token of this page is another session's.
        page = send(after, address, typed | {"do": "publish"}, before.token)
        assert page.status_code == 403, path
        form = kept(page.text)
        assert form["action"] == address
        given = fields_of(form)
        assert given[field] == TYPED, path
        assert "do" not in given, "seen again before it counts"
        again = send(after, form["action"], given, after.token)
        assert again.status_code in (200, 303, 422), (path, again.status_code)
        if again.status_code != 303:
            assert TYPED.splitlines()[1] in parse(again.text).text + str(fields_of(parse(again.text))), path
    assert opened.last == 1


def test_a_session_that_is_over_keeps_what_was_typed(opened: Office) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, ("organisation", "b"), about="Un mot")
    typed = {path.partition("?")[0]: fields_of(boss.get(path)) | {field: TYPED} for path, field in FORMS.items()}
    end_all_sessions(opened)
    for path, fields in typed.items():
        page = boss.post(path, fields, 401)
        assert "Votre session est finie" in page.text
        assert "data-passkey" in page.text, path
        assert TYPED in fields_of(kept(page.text)).values(), path
    # What was approved or given is done anew: its page is to be seen first.
    assert "data-kept" not in boss.post("/equipe/relire/contact/a/", {"appele": "1"}, 401).text


def test_nothing_that_another_site_sent_is_given_back(opened: Office) -> None:
    boss = opened.worker("administrator")
    for origin in ("https://evil.example", "null", ""):
        headers = {"origin": origin, "content-type": "application/x-www-form-urlencoded"}
        page = boss._send("POST", "/equipe/organismes/a/", data={"about": "Planté"}, headers=headers)
        assert page.status_code == 403
        assert "Planté" not in page.text


def test_an_old_passkey_leads_to_where_it_is_shown(opened: Office) -> None:
    """Inviting somebody, or printing codes, six minutes after signing in."""
    late = opened.worker("manager", "a", fresh=False)
    for path, room in (("/equipe/personnes/inviter/", "/equipe/personnes/"), ("/equipe/moi/codes/", "/equipe/moi/")):
        page = parse(late.post(path, {"organisation": "a", "role": "editor"}, 403).text)
        assert f"/equipe/confirmer/?suite={room}" in [link["href"] for link in page.tags("a")]
    status, told = late.post_json("/equipe/moi/cles/options", {})
    assert (status, told["suite"]) == (403, "/equipe/confirmer/?suite=/equipe/moi/")


def test_a_busy_database_takes_nothing_of_what_was_typed(
    opened: Office, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, ("organisation", "b"), about="Un mot")
    typed = {path.partition("?")[0]: fields_of(boss.get(path)) | {field: TYPED} for path, field in FORMS.items()}

    def locked(*_: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    monkeypatch.setattr(Room, "save", locked)
    monkeypatch.setattr(Room, "desk", locked)
    monkeypatch.setattr(Room, "every_id", locked)
    monkeypatch.setattr("backend.offline.desk.publishing.own_changes", locked)
    for path, fields in typed.items():
        page = boss.post(path, fields | {"do": "save"}, 503)
        assert "gardé en brouillon. Attendez une minute" in page.text, path
        assert "Appui, équipe" in page.text
        assert fields_of(kept(page.text)) | {FIELD: ""} == fields | {FIELD: ""}, path
    # What holds nothing typed, and a page that is only read.
    monkeypatch.setattr("backend.offline.desk.approvals.change_of", locked)
    page = boss.post("/equipe/relire/contact/a/", {"appele": "1"}, 503)
    assert "data-kept" not in page.text
    assert "rechargez cette page" in page.text
    assert "Le serveur est occupé" in boss.get("/equipe/contacts/", 503).words
    # Before anybody knows who it is: the database is away altogether.
    monkeypatch.setattr("backend.staff.guards.find_session", locked)
    assert "Le serveur est occupé" in boss.get("/equipe/", 503).words
    assert "database is locked" not in caplog.text
    assert len({line for line in caplog.messages if line.startswith("error ")}) == len(typed) + 3


def test_a_closing_that_was_kept_and_not_published_is_not_said_to_be_undone(
    opened: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody who reads that nothing was done leaves it there, and a colleague publishes it with theirs."""
    boss, page = opened.worker("administrator"), "/equipe/contacts/a/fermer/?quoi=semaine"
    fields = fields_of(boss.get(page)) | {"do": "publish"}

    def locked(*_: object, **__: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", None, Exception("database is locked"))

    with monkeypatch.context() as busy:
        busy.setattr(Room, "_publish", locked)
        text = boss.post("/equipe/contacts/a/fermer/", fields, 503).text
    assert "Rien n’a été fait" not in text
    assert "tout au plus gardé en brouillon" in text
    boss.post("/equipe/contacts/a/fermer/", fields)  # reloaded: sent again as it was
    assert opened.last == 2


def test_a_page_is_read_while_somebody_else_writes(opened: Office) -> None:
    """That a session was seen waited for the writer, up to twenty seconds, for each page asked for once a minute."""
    boss = opened.worker("administrator")
    with opened.engine.begin() as connection:
        connection.execute(update(staff_sessions).values(seen=staff_sessions.c.seen - 120))
    began = time.monotonic()
    with writing(opened.engine).begin():
        boss.get("/equipe/contacts/")
    assert time.monotonic() - began < BUSY_TIMEOUT_MS / 2_000
    if opened.engine.dialect.name == "sqlite":
        with opened.engine.connect() as connection:  # whoever has that connection next is patient again
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == BUSY_TIMEOUT_MS

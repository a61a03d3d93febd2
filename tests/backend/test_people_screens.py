"""Who manages a team, and what is left of it when they no longer do, on both databases."""

from __future__ import annotations

from urllib.parse import urlsplit

from backend import clock
from backend.staff.audit import newest
from backend.staff.sessions import list_sessions, start_session
from backend.storage.engine import writing
from tests.markup import parse
from tests.office import Office, Worker

INVITE = "/equipe/personnes/inviter/"


def given(worker: Worker) -> str:
    """The address of an invitation that they have just made."""
    page = parse(worker.post(INVITE, {"role": "manager", "organisation": "a"}, 200).text)
    return urlsplit(next(found.words for found in page.tags("p") if found["class"] == "secret")).path


def test_who_manages_no_more_comes_back_by_no_link_of_before(opened: Office) -> None:
    boss, mia, max_ = opened.worker("administrator"), opened.worker("manager", "a"), opened.worker("manager", "a")
    hers, his = given(mia), given(max_)
    role = f"/equipe/personnes/{mia.person.id}/role/"
    boss.post(role, {"organisation": "a", "role": "manager"})
    boss.get(hers)
    boss.post(role, {"organisation": "a", "role": "editor"})
    boss.get(hers, 410)
    boss.get(his)


def test_leaving_and_closing_a_session_are_in_the_journal(opened: Office) -> None:
    ana = opened.worker("editor", "a", fresh=False)
    with writing(opened.engine).begin() as connection:
        start_session(connection, ana.person.id, 0, clock.now())
        _, other = sorted(list_sessions(connection, ana.person, clock.now()), key=lambda one: one.created)
    closing = f"/equipe/moi/sessions/{other.reference}/fermer/"
    ana.post(closing, {})
    ana.post(closing, {})
    ana.post("/equipe/sortir/", {})
    ana.get("/equipe/moi/", 303)
    with opened.engine.connect() as connection:
        acts = [entry.action for entry in newest(connection, 3)]
    assert acts == ["signed out", "closed a session", "publish"]

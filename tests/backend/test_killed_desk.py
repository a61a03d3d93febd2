"""The server killed at any moment while people edit, approve and publish: whatever it had acknowledged is there.

`--long`: a hundred kills on each database; in `make test` a few.
"""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.client import HTTPException
from random import Random

import pytest
from sqlalchemy import Connection, Engine

from backend import clock
from backend.offline.editions import last_number, load_drafts
from backend.offline.own_faults import chain_faults, journal_faults
from backend.offline.publish import publish
from backend.offline.signing import load_key
from backend.settings import Settings
from backend.staff.audit import entries
from backend.storage.documents import replace_documents
from backend.storage.engine import writing
from backend.storage.revisions import history
from tests.builders import Server, running_server
from tests.desk import fields_of
from tests.journeys.waiting import wait_until
from tests.markup import Element, parse
from tests.staffing import StaffClient, staff_client
from tests.workflow import small_pack

KEY = ("contact", "a")
CARD, REVIEW, PUBLISH = "/equipe/contacts/a/fiche/", "/equipe/relire/contact/a/", "/equipe/publier/"
FIRST_NUMBER = "0130303030"


@dataclass
class Acknowledged:
    """What the server has said is done, and what it was asked and may have done before it died."""

    saved: list[str] = field(default_factory=list)  # the note of each draft, oldest first
    tried: list[str] = field(default_factory=list)
    published: dict[int, str] = field(default_factory=dict)  # edition → the note in it
    approved: int = 0
    compared: set[str] = field(default_factory=lambda: {FIRST_NUMBER})  # numbers somebody else was asked to approve

    @property
    def count(self) -> int:
        return len(self.saved) + self.approved + len(self.published)


class People:
    """An editor and somebody who approves, at work until their server dies."""

    def __init__(self, server: Server, known: Acknowledged, dice: Random) -> None:
        self.ana, self.ben = (
            staff_client(server, role, "a", name) for role, name in (("editor", "Ana"), ("approver", "Ben"))
        )
        self.known, self.dice = known, dice
        self.fault: str | None = None
        self.thread = threading.Thread(target=self._work)
        self.thread.start()

    def work_until(self, count: int) -> None:
        """So many acts are acknowledged, and one edition at least."""
        wait_until(lambda: (self.known.published and self.known.count >= count) or self.fault, 60)

    def _work(self) -> None:
        try:
            while True:
                number = self._save()
                if self.dice.random() < 0.6:
                    self._approve(number)
                if self.dice.random() < 0.6:
                    self._publish()
        except (OSError, HTTPException):
            pass  # it died, as it was to
        except AssertionError as error:
            self.fault = str(error)

    def _save(self) -> str:
        """The number in the draft now."""
        form = fields_of(_page(self.ana, CARD))
        note = f"Mot {len(self.known.tried)}"
        if self.dice.random() < 0.5:
            form["value"] = f"01303{self.dice.randrange(100_000):05d}"
        self.known.tried.append(note)
        _post(self.ana, CARD, form | {"note": note, "do": "save"})
        self.known.saved.append(note)
        return "".join(form["value"].split())

    def _approve(self, number: str) -> None:
        status, _, body = self.ben.get(REVIEW)
        if status == 303:
            return  # nothing waits
        self.known.compared.add(number)
        led = _post(self.ben, REVIEW, fields_of(parse(body.decode())) | {"appele": "1"})
        self.known.approved += "fait=approuve" in led

    def _publish(self) -> None:
        form = fields_of(_page(self.ana, PUBLISH))
        if "choix.contact.a" not in form:
            return  # a number waits for somebody else
        edition = _post(self.ana, PUBLISH, form | {"do": "publier"}).split("/")[3]
        self.known.published[int(edition)] = self.known.saved[-1]


def _page(person: StaffClient, path: str) -> Element:
    status, _, body = person.get(path)
    assert status == 200, (path, status)
    return parse(body.decode())


def _post(person: StaffClient, path: str, form: dict[str, str]) -> str:
    """Where it leads."""
    status, headers, body = person.post(path, form)
    assert status == 303, (path, status, body[-500:])
    return headers["location"]


def holds(engine: Engine, settings: Settings, known: Acknowledged) -> None:
    with engine.connect() as connection:
        kept = [json.loads(one.body or "{}").get("note") for one in reversed(history(connection, KEY))]
        assert [note for note in kept if note in known.saved] == known.saved
        assert {note for note in kept if note} <= set(known.tried)
        told = {number: _published(connection, number) for number in range(1, last_number(connection) + 1)}
        assert [entry.action for entry in entries(connection)].count("approve") >= known.approved
    for number, note in known.published.items():
        assert told[number]["note"] == note
    assert {body["value"] for body in told.values()} <= known.compared
    assert [*chain_faults(settings), *journal_faults(settings)] == []


def _published(connection: Connection, number: int) -> dict[str, str]:
    body = next(found.body for found in load_drafts(connection, number) or () if found.key == KEY)
    return dict(json.loads(body))


def test_whatever_was_acknowledged_survives_a_kill(
    engine: Engine, settings: Settings, pytestconfig: pytest.Config
) -> None:
    with writing(engine).begin() as connection:
        replace_documents(connection, small_pack())
    publish(engine, load_key(settings.keys_dir), settings.exit_url, clock.now(), "première édition")
    known, dice = Acknowledged(), Random(4)
    database = settings.database_url.replace("postgresql+psycopg", "postgresql")
    with running_server(settings.data_dir, APPUI_DATABASE_URL=database) as server:
        for _ in range(100 if pytestconfig.getoption("--long") else 3):
            people = People(server, known, dice)
            people.work_until(known.count + dice.randint(1, 4))
            people.thread.join(dice.uniform(0, 0.3))
            server.stop()
            people.thread.join()
            assert people.fault is None
            holds(engine, settings, known)
            server.start()
    assert known.approved, "every kind of act was among them"

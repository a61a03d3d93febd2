"""Contacts and organisations at the desk: numbers read as people copy them, what waits for a second person, closing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from backend.offline.changes_waiting import changes
from backend.offline.desk import reading, room
from backend.permanences.contact_form import contact_body, contact_faults, contact_fields, far_days
from backend.permanences.number_reading import number_fault, read_number
from backend.settings import Settings
from backend.storage.documents import Document, load_documents, remove_document, write_document
from backend.storage.engine import writing
from backend.storage.revisions import by_operator
from tests.desk import Desk, desk, fields_of
from tests.workflow import contact, small_pack

CARD = "/equipe/contacts/a/fiche/"


@pytest.fixture
def at(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with desk(engine, settings, small_pack()) as opened:
        yield opened


def body(engine: Engine, kind: str, id_: str) -> dict[str, Any]:
    with engine.connect() as connection:
        found: dict[str, Any] = json.loads(next(d.body for d in load_documents(connection) if d.key == (kind, id_)))
    return found


def waiting(engine: Engine) -> set[tuple[str, str]]:
    with engine.connect() as connection:
        return {change.key for change in changes(connection) if change.waits}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("01 30 32 72 29", "0130327229"), ("01.30.32.72.29", "0130327229"), ("01-30-32-72-29", "0130327229"),
     ("01\u00a030\u00a032\u00a072\u00a029", "0130327229"), ("+33 1 30 32 72 29", "+33130327229"),
     ("+33 (0)1 30 32 72 29", "+33130327229"), ("0033 1 30 32 72 29", "+33130327229"), ("3018", "3018"),
     ("116 006", "116006"), ("17", "17"), ("0 800 05 95 95", "0800059595"), ("(01) 30 32 72 29", "0130327229")],
)  # fmt: skip
def test_a_number_is_kept_as_it_is_dialled(typed: str, kept: str) -> None:
    assert read_number(typed) == kept
    assert number_fault(typed) is None


@pytest.mark.parametrize(
    ("typed", "words"),
    [("", "écrivez le numéro"), ("01 30 32 72 2", "9 chiffres"), ("01 30 32 72 299", "11 chiffres"),
     ("appelez-nous", "avec des chiffres"), ("01 30 32 72 2O", "avec des chiffres"), ("+32 2 123 45 67", "français"),
     ("0044 20 7946 0000", "français"), ("99", "2 chiffres"), ("01 30 32 72 29 poste 3", "avec des chiffres"),
     ("٠١٣٠٣٢٧٢٢٩", "avec des chiffres"), ("0130327229;ext=1", "avec des chiffres"), ("10000", "5 chiffres")],
)  # fmt: skip
def test_what_is_no_number_is_told_in_words(typed: str, words: str) -> None:
    assert words in (number_fault(typed) or "")


def test_every_contact_of_the_pack_comes_back_from_its_form(val_doise: list[Document]) -> None:
    bodies = [json.loads(draft.body) for draft in val_doise if draft.kind == "contact"]
    beside = tuple(id_ for found in bodies for id_ in found.get("beside") or ())
    for found in bodies:
        again = contact_body(contact_fields(found), found, tuple(dict.fromkeys(beside)))
        told = {name: value for name, value in again.items() if value not in (None, "", [])}
        assert told == {name: value for name, value in found.items() if value not in (None, "", [])}


def test_nobody_makes_a_contact_sure_for_ever(at: Desk) -> None:
    path = "/equipe/contacts/a/fiche/"
    status, tree = at.send(path, fields_of(at.get(path)[1]) | {"confirm_by": "01/01/2099", "do": "save"})
    assert status == 422
    assert "Un an au plus" in tree.first("main").words


def test_a_changed_number_is_shown_as_readers_will_see_it_and_waits(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(CARD)[1]) | {"value": "+33 (0)1 40 41 42 43", "do": "see"}
    _, tree = at.send(CARD, typed)
    assert "01 40 41 42 43" in tree.classed("now")[0].words.replace("\xa0", " ")
    assert "vérifié par une autre personne" in tree.words
    assert at.send(CARD, typed | {"do": "save"})[0] == 303
    assert body(engine, "contact", "a")["value"] == "+33140414243"
    assert waiting(engine) == {("contact", "a")}


def test_what_is_not_a_number_waits_for_nobody(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(CARD)[1]) | {"cost": "Gratuit", "language.LSF": "1", "do": "save"}
    assert at.send(CARD, typed)[0] == 303
    kept = body(engine, "contact", "a")
    assert (kept["cost"], kept["languages"]) == ("Gratuit", ["LSF"])
    assert waiting(engine) == set()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"value": "01 30 32 72"}, "value"),
        ({"value": ""}, "value"),
        ({"kind": "email", "value": "accueil"}, "value"),
        ({"kind": "web", "value": "javascript:alert(1)"}, "value"),
        ({"kind": "web", "value": "data:text/html,x"}, "value"),
        ({"kind": "visit", "value": "ici"}, "value"),
        ({"label": ""}, "label"),
        ({"label": "x" * 91}, "label"),
        ({"for": ""}, "for"),
        ({"for": "a\u202eb"}, "for"),
        ({"confirm_by": ""}, "confirm_by"),
        ({"confirm_by": "bientôt"}, "confirm_by"),
        ({"confirmed_on": "2027-12-01"}, "confirm_by"),
        ({"confirmed_on": ""}, "beside"),
        ({"source.title": ""}, "source.title"),
        ({"source.url": "exemple.fr"}, "source.url"),
        ({"source.date": "hier"}, "source.date"),
        ({"confidence": "totale"}, "confidence"),
        ({"keywords": "a\u0007b"}, "keywords"),
        ({"note": "n" * 601}, "note"),
    ],
)
def test_a_card_that_cannot_be_kept_comes_back_as_typed(
    at: Desk, engine: Engine, typed: dict[str, str], field: str
) -> None:
    before = body(engine, "contact", "a")
    status, tree = at.send(CARD, fields_of(at.get(CARD)[1]) | typed | {"do": "save"})
    assert status == 422
    assert tree.having("id", f"{field.replace('.', '-')}-faute")[0].words
    kept = fields_of(tree)
    assert {name: kept[name] for name in typed if name != "confidence"} == {
        n: v for n, v in typed.items() if n != "confidence"
    }
    assert body(engine, "contact", "a") == before


def test_a_form_is_based_on_what_it_shows(at: Desk, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody saves while the page is being made: its number alone was newer, and their work was written over."""

    def read(connection: Connection) -> reading.Desk:
        found = reading.read_desk(connection)
        monkeypatch.undo()
        with writing(engine).begin() as other:
            document = Document("contact", "a", json.dumps(contact("a", "Alpha", "0130303030", note="Neuf")))
            write_document(other, document, by_operator())
        return found

    monkeypatch.setattr(room, "read_desk", read)
    typed = fields_of(at.get(CARD)[1]) | {"cost": "Gratuit", "do": "save"}
    status, tree = at.send(CARD, typed)
    assert (status, "Quelqu’un d’autre a changé" in tree.words) == (422, True)
    assert body(engine, "contact", "a")["note"] == "Neuf"


def test_a_withdrawn_contact_says_why_and_waits(at: Desk, engine: Engine) -> None:
    path = "/equipe/contacts/a/retirer/"
    given = {"revision": at.revision(path)}
    assert at.send(path, given | {"withdrawn": " "})[0] == 422
    assert at.send(path, given | {"withdrawn": "Ne répond plus."})[0] == 303
    kept = body(engine, "contact", "a")
    assert (kept["value"], kept["withdrawn"]) == (None, "Ne répond plus.")
    assert waiting(engine) == {("contact", "a")}


def test_what_is_taken_back_still_answers_for_readers_and_may_come_back(at: Desk, engine: Engine) -> None:
    given = {"revision": at.revision("/equipe/contacts/a/retirer/"), "withdrawn": "Ne répond plus."}
    assert at.send("/equipe/contacts/a/retirer/", given)[0] == 303
    closing = "/equipe/organismes/b/fermer/"
    assert at.send(closing, fields_of(at.get(closing)[1]) | {"successor.a": "1"})[0] == 422
    assert "fermé, rouvre" in at.get("/equipe/contacts/a/")[1].first("main").words
    assert at.send(CARD, fields_of(at.get(CARD)[1]) | {"value": "01 30 30 30 31", "do": "save"})[0] == 303
    kept = body(engine, "contact", "a")
    assert (kept["value"], kept["withdrawn"]) == ("0130303031", None)
    assert waiting(engine) == {("contact", "a")}


def test_an_address_serves_once(at: Desk, engine: Engine) -> None:
    """Made, taken away, made again under the same name: its form was refused for ever, as if somebody else wrote."""
    path = "/equipe/organismes/a/nouveau-contact/"
    typed = fields_of(at.get(path)[1]) | {"label": "Gamma", "for": "Parler", "value": "01 30 30 30 31",
                                          "source.title": "Leur page", "do": "save"}  # fmt: skip
    new = "/equipe/organismes/nouveau/"
    named = fields_of(at.get(new)[1]) | {"name": "Gamma"}
    source = {"id": "gamma", "title": "G", "confidence": "high", "says": "G", "date": "2026"}
    for attempt in ("gamma", "gamma-2"):
        assert at.send(path, typed)[0] == 303
        assert at.send(new, named)[0] == 303
        with writing(engine).begin() as connection:
            for kind in ("contact", "organisation"):
                remove_document(connection, (kind, attempt), by_operator())
    assert at.send("/equipe/sources/nouvelle/", source)[0] == 303
    with writing(engine).begin() as connection:
        remove_document(connection, ("source", "gamma"), by_operator())
    status, tree = at.send("/equipe/sources/nouvelle/", source)
    assert (status, "choisissez un autre nom" in tree.words) == (422, True)


def test_a_new_contact_gets_an_address_of_its_own_and_waits(at: Desk, engine: Engine) -> None:
    path = "/equipe/organismes/a/nouveau-contact/"
    typed = fields_of(at.get(path)[1]) | {"label": "Accueil d’Éragny", "for": "Parler", "value": "01 30 30 30 31",
                                          "source.title": "Leur page", "do": "save"}  # fmt: skip
    assert at.send(path, typed | {"value": "01 30"})[0] == 422
    assert at.send(path, typed)[0] == 303
    assert at.send(path, typed | {"value": "01 30 30 30 32"})[0] == 303
    assert body(engine, "contact", "accueil-d-eragny")["value"] == "0130303031"
    assert body(engine, "contact", "accueil-d-eragny-2")["organisation"] == "a"
    assert ("contact", "accueil-d-eragny") in waiting(engine)


def test_an_organisation_is_made_and_changed(at: Desk, engine: Engine) -> None:
    new = "/equipe/organismes/nouveau/"
    assert at.send(new, fields_of(at.get(new)[1]) | {"name": ""})[0] == 422
    assert at.send(new, fields_of(at.get(new)[1]) | {"name": "La Maison"})[0] == 303
    path = "/equipe/organismes/la-maison/"
    typed = fields_of(at.get(path)[1]) | {"website": "javascript:alert(1)", "about": "Une maison."}
    status, tree = at.send(path, typed)
    assert (status, fields_of(tree)["website"]) == (422, "javascript:alert(1)")
    assert at.send(path, typed | {"website": "https://maison.example.fr/"})[0] == 303
    assert body(engine, "organisation", "la-maison")["about"] == "Une maison."


def test_an_organisation_closes_with_others_to_turn_to(at: Desk, engine: Engine) -> None:
    path = "/equipe/organismes/a/fermer/"
    typed = fields_of(at.get(path)[1])
    for wrong in ({}, {"successor.b": "1", "closed_on": "2027-01-01"}, {"successor.b": "1", "closed_on": ""}):
        assert at.send(path, typed | wrong)[0] == 422
    assert body(engine, "contact", "a")["value"]
    assert at.send(path, typed | {"successor.b": "1", "closed_on": "01/11/2026"})[0] == 303
    assert body(engine, "organisation", "a") | {"about": None} == {
        "id": "a", "name": "A", "scope": "local", "successors": ["b"], "closed_on": "2026-11-01", "about": None,
    }  # fmt: skip
    assert body(engine, "contact", "a")["value"] is None
    assert waiting(engine) == {("contact", "a"), ("organisation", "a")}
    assert at.get(path)[0] == 404


def test_faults_of_an_empty_card_are_in_words() -> None:
    empty = contact_body({}, {"id": "a", "organisation": "a"}, ())
    faults = contact_faults(empty)
    assert {"label", "for", "value", "confirm_by", "source.title"} <= faults.keys()
    assert not [words for words in faults.values() if "«" in words or "manque" in words]
    today = date(2026, 11, 23)
    assert far_days({"confirmed_on": "2026-11-23", "confirm_by": "2027-11-24"}, today) == {}
    assert far_days({"confirmed_on": "2026-11-24", "confirm_by": "2099-01-01"}, today).keys() == {
        "confirmed_on",
        "confirm_by",
    }
    early = {"confirmed_on": "2026-11-22", "confirm_by": "2026-01-01"}
    assert contact_faults(empty | early)["confirm_by"] == "Doit venir après le jour de la dernière vérification"

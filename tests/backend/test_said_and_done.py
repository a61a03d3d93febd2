"""What the desk says it has done is what readers have; pressed twice, a button is one wish. On both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from backend.storage.engine import writing
from backend.storage.tables import revisions
from tests.office import Office, values_of

REVIEW = "/equipe/relire/contact/a/"


def test_hours_that_hold_a_number_are_not_said_to_be_published(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana")
    form = values_of(ana.get("/equipe/contacts/a/fermer/?quoi=semaine"))
    answer = ana.post("/equipe/contacts/a/fermer/", form | {"reason": "Tél:0612345678", "do": "publish"})
    assert "Une autre personne vérifiera" in ana.told(answer)
    assert opened.last == 1
    assert "exceptions" not in opened.published()["schedule"]
    assert "Attend une autre personne" in ana.get("/equipe/publier/").words


def test_a_contact_that_readers_do_not_have_is_not_said_to_be_published(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana")
    typed = {"label": "Gamma", "kind": "phone", "value": "0130303055", "for": "Parler", "source.title": "A",
             "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "do": "save"}  # fmt: skip
    page = ana.get(ana.post("/equipe/organismes/a/nouveau-contact/", typed).headers["location"])
    assert "/contacts/gamma/" not in [link["href"] for link in page.tags("a")], "readers have no such page yet"
    revision = next(button["value"] for button in page.tags("button") if button["name"] == "revision")
    answer = ana.post("/equipe/contacts/gamma/exact/", {"revision": revision})
    assert "quand ce contact sera publié" in ana.told(answer)
    assert opened.last == 1


def test_a_button_pressed_twice_makes_one_contact_and_one_organisation(opened: Office) -> None:
    boss = opened.worker("administrator")
    contact = {"label": "Gamma", "kind": "phone", "value": "0130303055", "for": "Parler", "source.title": "A",
               "confirmed_on": "2026-11-22", "confirm_by": "2027-05-22", "do": "save"}  # fmt: skip
    for path, form in (
        ("/equipe/organismes/a/nouveau-contact/", contact),
        ("/equipe/organismes/nouveau/", {"name": "Neuf"}),
    ):
        first, second = boss.post(path, form), boss.post(path, form)
        assert first.headers["location"] == second.headers["location"]
    contacts = boss.get("/equipe/contacts/").first("main")
    assert len([link for link in contacts.tags("a") if link.words == "Gamma"]) == 1
    assert contacts.words.count("Ajouter un contact à Neuf") == 1


def test_what_is_no_more_keeps_the_staff_within_their_space(opened: Office) -> None:
    page = opened.worker("editor", "a").get("/equipe/contacts/parti/", 404)
    assert "Retour à l’accueil de l’équipe" in page.words
    assert "/equipe/" in [link["href"] for link in page.tags("a")]


@pytest.mark.parametrize("number", [0, 2**31, 2**63, 10**30])
def test_numbers_that_no_database_holds_are_pages_that_do_not_exist(opened: Office, number: int) -> None:
    boss = opened.worker("administrator")
    for page in ("", "avis/", "annuler/", "revenir/"):
        boss.get(f"/equipe/editions/{number}/{page}", 404)
    assert "publie l’édition 1" in boss.get(f"/equipe/journal/?avant={number}").words


def test_said_exact_twice_is_published_once(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana")
    for _ in range(2):
        page = ana.get("/equipe/contacts/a/")
        revision = next(button["value"] for button in page.tags("button") if button["name"] == "revision")
        assert "C’est noté" in ana.told(ana.post("/equipe/contacts/a/exact/", {"revision": revision}))
        assert opened.last == 2
    stale = ana.post("/equipe/contacts/a/exact/", {"revision": "1"})
    assert "C’est noté" in ana.told(stale), "nothing else was written meanwhile"
    opened.draft(ana, note="Un", confirmed_on="2026-11-22")
    assert "Quelqu’un vient de modifier" in ana.told(ana.post("/equipe/contacts/a/exact/", {"revision": "1"}))


def test_a_change_that_nobody_wrote_here_says_how_to_begin_anew(opened: Office) -> None:
    """One pressed « Approuver » for nothing, and was told each time that it had just changed."""
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("approver", "a", "Ben")
    opened.draft(ana, value="0130303039")
    with writing(opened.engine).begin() as connection:
        connection.execute(update(revisions).where(revisions.c.author == ana.person.id).values(seal=b"forged"))
    page = ben.get(REVIEW)
    assert "n’a pas été écrit ici" in page.words
    assert not [field for field in page.tags("input") if field["name"] == "appele"]
    opened.draft(ana, value="0130303030")
    opened.draft(ana, value="0130303039")
    assert "n’a pas été écrit ici" not in ben.get(REVIEW).words

"""What the desk says, in words of the people who read it: no code, no id, nothing that did not change."""

from __future__ import annotations

from typing import Any

from backend.guidance.guide import ICONS
from backend.guidance.guide_form import ICON_WORDS
from tests.desk import fields_of
from tests.markup import Element, parse
from tests.office import Office

CARD, GONE = "/equipe/contacts/a/fiche/", {"closed_on": "2026-11-30", "successors": ["b"]}


def alert(page: Any) -> str:
    found: list[Element] = [e for e in parse(page.text).having("role") if e["role"] == "alert"]
    return " ".join(e.words for e in found)


def test_a_conflict_shows_every_field_that_would_be_reverted(opened: Office) -> None:
    ana, ben = opened.worker("administrator", name="Ana"), opened.worker("administrator", name="Ben")
    mine = fields_of(ana.get(CARD)) | {"do": "save", "note": "Sonnez deux fois."}
    ben.post(CARD, fields_of(ben.get(CARD)) | {"do": "save", "cost": "Payant", "language.en": "1"})
    words = alert(ana.post(CARD, mine, 422))
    assert "Prix Sa version Payant La vôtre rien" in words
    assert "anglais" in words
    assert "Note Sa version rien La vôtre Sonnez deux fois." in words
    assert "Alpha" not in words, "what is the same in both is not told"
    # Hours differ too, in words.
    hours = "/equipe/contacts/a/horaires/"
    typed = fields_of(ana.get(hours)) | {"do": "save", "tu.0.start": "9h", "tu.0.end": "10h"}
    ben.post(hours, fields_of(ben.get(hours)) | {"do": "save", "note": "Sauf le marché."})
    words = alert(ana.post(hours, typed, 422))
    assert "Horaires Sa version" in words
    assert "Sauf le marché." in words
    # Sent twice, the answer of the first lost on the way.
    ben.post(CARD, fields_of(ben.get(CARD)) | {"do": "save", "cost": "Gratuit"})
    same = fields_of(ana.get(CARD)) | {"do": "save", "revision": "1"}
    ana.post(CARD, same, 303)


def test_a_conflict_over_a_guide_shows_the_passages(opened: Office) -> None:
    boss, path = opened.worker("administrator"), "/equipe/guides/un/"
    fields = fields_of(boss.get(path)) | {"do": "save"}
    boss.post(path, fields | {"text": fields["text"].replace("Une raison.", "Une autre raison.")})
    words = alert(boss.post(path, fields | {"title": "Un titre"}, 422))
    assert "Une autre raison." in words


def test_what_does_not_change_is_not_told(opened: Office) -> None:
    """A form has empty fields where nothing was written."""
    boss = opened.worker("administrator")
    boss.post(CARD, fields_of(boss.get(CARD)) | {"do": "save"})
    assert "Rien n’est prêt à partir." in boss.get("/equipe/publier/").first("main").words
    boss.post(CARD, fields_of(boss.get(CARD)) | {"do": "save", "value": "01 30 30 30 31"})
    assert "Ses horaires seulement" not in boss.get("/equipe/publier/").first("main").words
    boss.post(CARD, fields_of(boss.get(CARD)) | {"do": "save", "value": "01 30 30 30 30"})
    boss.post(CARD, fields_of(boss.get(CARD)) | {"do": "save", "cost": "Gratuit"})
    words = boss.get("/equipe/publier/").first("main").words
    assert "Prix" in words
    assert "Publics" not in words
    assert words.count("Avant") == 1
    boss.post(CARD, fields_of(boss.get(CARD)) | {"do": "save", "cost": ""})
    assert "Écrit autrement ; rien ne change" in boss.get("/equipe/publier/").first("main").words


def test_a_closing_is_reviewed_by_names_and_days(opened: Office) -> None:
    author, other = opened.worker("administrator"), opened.worker("approver", "a", name="Ben")
    opened.draft(author, ("contact", "a"), value=None)
    opened.draft(author, ("organisation", "a"), **GONE)
    words = other.get("/equipe/relire/organisation/a/").first("main").words
    assert "30 novembre 2026" in words
    assert "Beta" in words
    assert "2026-11-30" not in words
    assert '["' not in words


def test_two_of_one_name_are_told_apart(opened: Office) -> None:
    """One that was given the name of another must not pass for it in a review."""
    author, other = opened.worker("administrator"), opened.worker("approver", "a", name="Ben")
    opened.draft(author, ("contact", "a"), label="Beta")
    opened.draft(author, ("organisation", "a"), successors=["b"])
    words = other.get("/equipe/relire/organisation/a/").first("main").words
    assert "Alpha" in words, "as readers know it"
    author.post("/equipe/organismes/a/nouveau-contact/", fields_of(author.get(CARD)) | {"do": "save", "label": "Beta"})
    assert "Beta (b)" in other.get("/equipe/relire/organisation/a/").first("main").words


def test_a_contact_of_a_closed_organisation_says_why_it_takes_no_number(opened: Office) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, ("contact", "a"), value=None, withdrawn=None)
    opened.draft(boss, ("organisation", "a"), **GONE)
    typed = fields_of(boss.get(CARD)) | {"do": "save", "note": "Un mot"}
    page = boss.post(CARD, typed | {"value": "01 30 30 30 30"}, 422)
    assert "Cet organisme a fermé, ses numéros ne sont plus montrés" in alert(page)
    assert "« value »" not in page.text
    boss.post(CARD, typed, 303)  # without a number, all the rest can still be written


def test_sentences_end_once(opened: Office) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, ("contact", "a"), confirmed_on=None, beside=["b"])
    words = boss.get("/equipe/contacts/a/").first("main").words
    assert "Jamais confirmé par nous. À reconfirmer" in words
    assert ".." not in words


def test_a_preview_does_not_pass_for_what_readers_see(opened: Office) -> None:
    boss = opened.worker("administrator")
    for path in ("/equipe/contacts/a/fermer/?quoi=jour", "/equipe/contacts/a/horaires/"):
        words = boss.get(path).first("main").words
        assert "Une fois publié, les lecteurs liront" in words
        assert "En ce moment" not in words.partition("La page comme")[0]


def test_every_drawing_has_a_french_name() -> None:
    assert set(ICON_WORDS) == set(ICONS)
    assert not set(ICON_WORDS.values()) & set(ICONS)

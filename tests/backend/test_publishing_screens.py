"""Publishing, reading again, editions and versions, as people meet them, on both databases."""

from __future__ import annotations

from typing import Any

from backend.staff.audit import newest
from tests.markup import parse
from tests.office import PUBLISH, Office, Worker, values_of
from tests.workflow import GUIDE

SHUT: dict[str, Any] = {"weekly": {"tu": [["14:00", "16:00"]]}}
REVIEW = "/equipe/relire/contact/a/"


def publish_what_waits(worker: Worker) -> str:
    """As no page of ours would: the box is not there to be ticked. What it is told."""
    form = {"vu": worker.office.mark, "choix.contact.a": "1"} | PUBLISH
    return str(worker.post("/equipe/publier/", form, 422).text)


def publish(worker: Worker, **fields: str) -> str:
    """Publish everything that is ticked; where the browser is sent."""
    form = {"vu": worker.office.mark} | values_of(worker.get("/equipe/publier/"))
    return str(worker.post("/equipe/publier/", form | PUBLISH | fields).headers["location"])


def acts(opened: Office) -> list[tuple[str, str]]:
    with opened.engine.connect() as connection:
        return [(entry.actor, entry.action) for entry in newest(connection, 50)]


def test_what_changes_is_told_then_published_and_written_in_the_journal(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana")
    opened.draft(ana, schedule=SHUT, note="Ouvert à tous")
    page = ana.get("/equipe/publier/")
    words = page.first("main").words
    assert "Le mardi : de 14 h à 16 h, au lieu de : fermé" in words.replace("\u00a0", " ")
    assert "Ouvert à tous" in words
    assert "Ana, le " in words
    assert "personne ne le suit" in words
    assert publish(ana) == "/equipe/editions/2/?fait=publie"
    assert opened.published()["note"] == "Ouvert à tous"
    assert acts(opened)[0] == (ana.person.id, "publish")
    edition = ana.get("/equipe/editions/2/?fait=publie").first("main").words
    assert "C’est publié" in edition
    assert "Ouvert à tous" in edition
    assert "Rien n’est prêt" in ana.get("/equipe/publier/").first("main").words


def test_one_change_of_two_and_nothing_chosen(opened: Office) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, note="Un")
    opened.draft(boss, ("contact", "b"), note="Deux")
    form = values_of(boss.get("/equipe/publier/"))
    only_b = {name: value for name, value in form.items() if name != "choix.contact.a"}
    nothing = {name: value for name, value in form.items() if not name.startswith("choix.")}
    refused = boss.post("/equipe/publier/", nothing | PUBLISH | {"message": "Un mot", "silence": "1"}, 422)
    assert "Choisissez au moins un changement" in refused.text
    assert 'value="Un mot"' in refused.text
    assert not [name for name in values_of(parse(refused.text)) if name.startswith("choix.")], "as it was chosen"
    boss.post("/equipe/publier/", only_b | PUBLISH)
    assert opened.published(("contact", "b"))["note"] == "Deux"
    assert "note" not in opened.published()


def test_what_moved_while_one_read_is_shown_before_it_goes_out(opened: Office) -> None:
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("editor", "a", "Ben")
    opened.draft(ana, note="Un")
    form = values_of(ana.get("/equipe/publier/"))
    opened.draft(ben, note="Deux")
    answer = ana.post("/equipe/publier/", form | PUBLISH, 409)
    assert "pendant que vous lisiez" in answer.text
    assert opened.last == 1


def test_others_organisations_are_neither_shown_nor_published(opened: Office) -> None:
    ana, bea = opened.worker("editor", "a", "Ana"), opened.worker("editor", "b", "Bea")
    opened.draft(bea, ("contact", "b"), note="Secret de b")
    opened.draft(ana, note="Un")
    form = values_of(ana.get("/equipe/publier/"))
    assert "Secret de b" not in ana.get("/equipe/publier/").words
    ana.post("/equipe/publier/", form | PUBLISH | {"choix.contact.b": "1"})
    assert "note" not in opened.published(("contact", "b"))
    ana.get("/equipe/versions/contact/b/", 404)
    bea.get(REVIEW, 403)
    opened.draft(ana, value="0130303039")
    opened.worker("approver", "b").get(REVIEW, 404)


def test_guides_are_the_administrator_s_to_publish_and_take_back(opened: Office) -> None:
    """An editor of any organisation could publish a guide half written, and bring back an old one."""
    boss, ana, eve = opened.worker("administrator"), opened.worker("editor", "a"), opened.worker("approver", "b")
    versions, review = "/equipe/versions/guide/un/", "/equipe/relire/guide/un/"
    guide = GUIDE.replace("review_by: 2027-05-22", "review_by: 2026-11-26") + "\nÀ moitié"
    opened.draft_text(boss, ("guide", "un"), guide)
    seen = ana.get("/equipe/publier/").first("main").words
    assert "À moitié" not in seen
    assert "ne sont pas les vôtres (1)" in seen
    ana.get(versions, 404)
    ana.post(versions, {"version": "1", "revision": "2"}, 404)
    for worker, told in ((boss, True), (ana, False)):
        assert ("Guides à relire" in worker.get("/equipe/").first("main").words) is told
    assert publish(boss) == "/equipe/editions/2/?fait=publie"
    eve.get("/equipe/editions/2/annuler/", 404)
    # Of a number in it, any approver is the other pair of eyes, and is shown no page that is not theirs.
    opened.draft_text(boss, ("guide", "un"), guide + "\nAppelez le 3018.")
    addresses = [found["href"] for path in ("/equipe/relire/", review) for found in eve.get(path).tags("a")]
    assert review in addresses
    assert not {versions, "/equipe/guides/un/"} & set(addresses)


def test_an_edition_leads_nobody_to_what_is_not_theirs(opened: Office) -> None:
    bea = opened.worker("editor", "b", "Bea")
    opened.draft(bea, ("contact", "b"), note="Deux")
    publish(bea)
    theirs = {"/equipe/versions/contact/b/", "/equipe/contacts/b/"}
    for worker, links in ((bea, theirs), (opened.worker("editor", "a"), set[str]())):
        assert theirs & {link["href"] for link in worker.get("/equipe/editions/2/").tags("a")} == links


def test_a_number_is_compared_called_and_approved_by_somebody_else(opened: Office) -> None:
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("approver", "a", "Ben")
    opened.draft(ana, value="0130303039", schedule=SHUT)
    waiting = ana.get("/equipe/publier/").first("main").words
    assert "Attend une autre personne" in waiting
    assert "Ses horaires seulement" in waiting
    ana.get(REVIEW, 403)  # an editor approves nothing
    page = ben.get(REVIEW)
    assert "Un chiffre diffère : le 10e (0 devient 9)" in page.words
    assert "J’ai appelé ce numéro pour vérifier" in page.words
    form = values_of(page)
    assert "Appelez d’abord ce numéro" in ben.post(REVIEW, form, 422).text
    ben.post(REVIEW, form | {"appele": "1"})
    assert acts(opened)[0] == (ben.person.id, "approve")
    assert publish(ana) == "/equipe/editions/2/?fait=publie"
    assert opened.published()["value"] == "0130303039"
    again = ben.post(REVIEW, form | {"appele": "1"})  # pressed twice, or a colleague was faster
    assert "n’attend plus de relecture" in ben.told(again)
    assert ben.sent_to(REVIEW) == again.headers["location"]


def test_hours_go_out_while_their_number_waits(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana")
    opened.draft(ana, value="0130303039", schedule=SHUT)
    form = values_of(ana.get("/equipe/publier/"))
    ana.post("/equipe/publier/", form | PUBLISH | {"choix.contact.a": "1"})
    assert opened.published()["schedule"] == SHUT
    assert opened.published()["value"] == "0130303030"
    assert "Attend une autre personne" in ana.get("/equipe/publier/").words


def test_who_wrote_the_last_number_may_approve_the_next_after_hours_alone(opened: Office) -> None:
    """A team of two: what was published long ago is no part of the change."""
    ana, ben = opened.worker("approver", "a", "Ana"), opened.worker("approver", "a", "Ben")
    opened.draft(ana, value="0130303031")
    ben.post(REVIEW, values_of(ben.get(REVIEW)) | {"appele": "1"})
    publish(ana)
    opened.draft(ben, value="0130303032", schedule=SHUT)
    publish(ben)
    assert opened.published()["schedule"] == SHUT
    ana.post(REVIEW, values_of(ana.get(REVIEW)) | {"appele": "1"})
    publish(ben)
    assert opened.published()["value"] == "0130303032"


def test_the_author_sees_why_they_cannot_approve_and_cannot(opened: Office) -> None:
    ben = opened.worker("approver", "a", "Ben")
    opened.draft(ben, value="0130303039")
    page = ben.get(REVIEW)
    assert "il faut une autre personne" in page.words
    with opened.engine.connect() as connection:
        from backend.offline.changes_waiting import change_of

        change = change_of(connection, ("contact", "a"))
    assert change is not None
    ben.post(REVIEW, {"appele": "1", "ancien": change.old, "nouveau": change.new}, 403)
    assert "Rien de ce qui est coché ne peut partir seul" in publish_what_waits(ben)
    assert opened.last == 1


def test_an_old_passkey_approves_nothing(opened: Office) -> None:
    late = opened.worker("approver", "a", "Lise", fresh=False)
    ana = opened.worker("editor", "a", "Ana")
    opened.draft(ana, value="0130303039")
    form = values_of(opened.worker("approver", "a", "Ben").get(REVIEW))
    assert late.sent_to(REVIEW).startswith("/equipe/confirmer/?suite=/equipe/relire/")
    assert late.post(REVIEW, form | {"appele": "1"}).headers["location"] == REVIEW
    assert "Attend une autre personne" in ana.get("/equipe/publier/").words


def test_edited_after_it_was_shown_it_is_shown_again(opened: Office) -> None:
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("approver", "a", "Ben")
    opened.draft(ana, value="0130303039")
    form = values_of(ben.get(REVIEW)) | {"appele": "1"}
    opened.draft(ana, value="0130303038")
    assert "Voici ce qu’il dit maintenant" in ben.post(REVIEW, form, 409).text
    assert "Rien de ce qui est coché ne peut partir seul" in publish_what_waits(ana)
    assert opened.last == 1


def test_the_last_publication_is_undone(opened: Office) -> None:
    ana = opened.worker("editor", "a", "Ana", fresh=False)
    opened.draft(ana, note="Un")
    publish(ana)
    page = ana.get("/equipe/editions/2/annuler/")
    assert "Annuler cette publication" in page.words
    ana.post("/equipe/editions/2/annuler/", values_of(page))
    assert "note" not in opened.published()
    assert acts(opened)[0] == (ana.person.id, "undo")
    again = ana.post("/equipe/editions/2/annuler/", values_of(page))  # pressed twice
    assert "n’est plus la dernière" in ana.told(again)
    assert ana.sent_to("/equipe/editions/2/annuler/") == again.headers["location"]
    assert opened.last == 3


def test_undoing_a_number_wants_who_may_approve_and_a_passkey(opened: Office) -> None:
    late = opened.worker("approver", "a", "Lise", fresh=False)
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("approver", "a", "Ben")
    opened.draft(ana, value="0130303039")
    ben.post(REVIEW, values_of(ben.get(REVIEW)) | {"appele": "1"})
    publish(ana)
    ana.get("/equipe/editions/2/annuler/", 404)
    assert late.sent_to("/equipe/editions/2/annuler/").startswith("/equipe/confirmer/")
    form = values_of(ben.get("/equipe/editions/2/annuler/"))
    assert late.post("/equipe/editions/2/annuler/", form).headers["location"] == "/equipe/editions/2/annuler/"
    assert opened.last == 2
    ben.post("/equipe/editions/2/annuler/", form)
    assert opened.published()["value"] == "0130303030"


def test_coming_back_to_an_edition_leaves_old_numbers_to_a_second_person(opened: Office) -> None:
    boss, ben = opened.worker("administrator", name="Lou"), opened.worker("approver", "a", "Ben")
    opened.draft(boss, value="0130303039", note="Un")
    ben.post(REVIEW, values_of(ben.get(REVIEW)) | {"appele": "1"})
    publish(boss)
    opened.draft(boss, ("contact", "b"), note="Deux")
    publish(boss)
    ben.get("/equipe/editions/1/revenir/", 403)
    page = boss.get("/equipe/editions/1/revenir/")
    assert "Ce qui attendra une autre personne" in page.words
    boss.post("/equipe/editions/1/revenir/", values_of(page))
    assert opened.last == 4
    assert "note" not in opened.published(("contact", "b"))
    assert opened.published()["value"] == "0130303039", "the old number waits"
    assert "Attend une autre personne" in boss.get("/equipe/publier/").words
    ben.get(REVIEW)


def test_every_version_is_there_and_comes_back(opened: Office) -> None:
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("editor", "a", "Ben")
    opened.draft(ana, note="Un")
    opened.draft(ben, note="Deux")
    page = ana.get("/equipe/versions/contact/a/")
    assert "Ana, le " in page.words
    assert "Ben, le " in page.words
    form = values_of(page)
    ana.post("/equipe/versions/contact/a/", form | {"version": "2"})
    assert "Version 4" in ana.get("/equipe/versions/contact/a/").words
    stale = ben.post("/equipe/versions/contact/a/", form | {"version": "1"}, 409)
    assert "Quelqu’un vient d’enregistrer" in stale.text
    for wrong in ("99", "x", ""):
        form = values_of(ana.get("/equipe/versions/contact/a/"))
        ana.post("/equipe/versions/contact/a/", form | {"version": wrong}, 404)
    publish(ana)
    assert opened.published()["note"] == "Un"


def test_the_first_page_says_what_to_do(opened: Office) -> None:
    ana, ben = opened.worker("editor", "a", "Ana"), opened.worker("approver", "a", "Ben")
    page = ana.get("/equipe/")
    closing = [a["href"] for a in page.tags("a") if "Fermé cette semaine" in a.words]
    assert closing == ["/equipe/contacts/a/fermer/?quoi=semaine"]
    assert "Sauvegarde" not in page.words
    opened.draft(ana, value="0130303039")
    assert "1 changement attend votre relecture" in ben.get("/equipe/").words
    assert "attend votre relecture" not in ana.get("/equipe/").words
    board = opened.worker("administrator", name="Lou").get("/equipe/").words
    for words in ("2 confirmés", "Édition", "Abonnements", "Sauvegarde", "aucune"):
        assert words in board.replace("\u00a0", " "), words


def test_texts_that_would_be_code_stay_texts(opened: Office) -> None:
    boss = opened.worker("administrator")
    opened.draft(boss, note='"><script>alert(1)</script>', label="<img src=x onerror=alert(1)>")
    for path in ("/equipe/", "/equipe/publier/", "/equipe/relire/", REVIEW, "/equipe/versions/contact/a/"):
        page = boss.get(path)
        assert not list(page.tags("img")), path
        assert all(script["src"] for script in page.tags("script")), path

"""Guides at the desk: read as readers will see them, faults at their line, sources cited."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import Engine

from backend.guidance.guide_form import guide_parts
from backend.offline.content import read_content
from backend.offline.desk.guide_pages import guide_document, stored_fields
from backend.offline.desk.reading import Desk as Drafts
from backend.settings import Settings
from backend.storage.documents import Document, load_documents
from tests.desk import Desk, desk, fields_of
from tests.workflow import small_pack

GUIDE = "/equipe/guides/un/"


@pytest.fixture
def at(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with desk(engine, settings, small_pack()) as opened:
        yield opened


def text_of(engine: Engine, slug: str) -> str:
    with engine.connect() as connection:
        return next(d.body for d in load_documents(connection) if d.key == ("guide", slug))


def test_every_guide_of_the_pack_comes_back_from_its_form(val_doise: list[Document]) -> None:
    drafts = Drafts(read_content(val_doise), {draft.key: draft for draft in val_doise}, {})
    again = [
        Document("guide", d.id, guide_document(*guide_parts(stored_fields(drafts, d.id)))) if d.kind == "guide" else d
        for d in val_doise
    ]
    for slug, guide in read_content(again).guides.items():
        before = drafts.content.guides[slug]
        assert sorted(guide.audience) == sorted(before.audience)
        assert replace(guide, audience=()) == replace(before, audience=())


def test_a_guide_is_seen_as_readers_will_see_it_then_kept(at: Desk, engine: Engine) -> None:
    typed = fields_of(at.get(GUIDE)[1]) | {
        "text": "Respirez.\r\n\r\n## Poser le téléphone\r\n\r\nPuis [appeler](contact:b).\r\n"
    }
    status, tree = at.send(GUIDE, typed | {"do": "see"})
    assert status == 200
    shown = tree.classed("reader")[0]
    assert "Poser le téléphone" in shown.words
    assert [a["href"] for a in shown.tags("a") if a.words == "appeler"] == ["/contacts/b/"]
    assert at.send(GUIDE, typed | {"do": "save"})[0] == 303
    assert "## Poser le téléphone" in text_of(engine, "un")


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("Une phrase.", 0, "Aucune étape"),
        ("a\n\n## B\n\n<b>gras</b>", 5, "HTML"),
        ("a\n\n## B\n\n![x](y)", 5, "images"),
        ("a\n\n## B\n\nhttps://exemple.fr", 5, "adresse en clair"),
        ("a\n\n## B\n\n[x](javascript:alert)", 5, "lien refusé"),
        ("a\n\n## B\n\n[x](contact:personne)", 5, "n’existe pas"),
        ("a\n\n## B\n\n@contact personne", 5, "n’existe pas"),
        ("a\n\n## B\n\n@autre b", 5, "consigne inconnue"),
        ("a\n\n## B\n\nUn an de prison.", 5, "jusqu’à"),
        ("a\n\n## B\n\nUn minimum.", 5, "minimum"),
        ("a\n\n## B\n\nx\u202ey", 5, "ne se voit pas"),
        ("a\n\n## B\n\n" + "mot " * 1200, 5, "paragraphe"),
    ],
)
def test_a_fault_of_the_text_is_told_at_its_line(at: Desk, engine: Engine, text: str, line: int, words: str) -> None:
    before = text_of(engine, "un")
    status, tree = at.send(GUIDE, fields_of(at.get(GUIDE)[1]) | {"text": text, "do": "save"})
    told = tree.having("id", "text-faute")[0].words
    assert status == 422
    assert words.lower() in told.lower()
    assert not line or f"Ligne {line}" in told
    assert fields_of(tree)["text"].rstrip("\n") == text
    assert text_of(engine, "un") == before


@pytest.mark.parametrize("name", ["title", "tab", "summary", "order", "reviewed_on", "review_by"])
def test_a_field_left_out_is_told(at: Desk, name: str) -> None:
    status, tree = at.send(GUIDE, fields_of(at.get(GUIDE)[1]) | {name: "", "do": "save"})
    assert status == 422
    assert tree.having("id", f"{name}-faute")


def test_a_new_guide_has_an_address_of_its_own(at: Desk, engine: Engine) -> None:
    path = "/equipe/guides/nouveau/"
    typed = fields_of(at.get(path)[1]) | {
        "title": "Souffler",
        "tab": "Calme",
        "summary": "Un peu de calme.",
        "do": "save",
    }
    for slug in ("", "Un Guide", "un", "nouveau", "../x"):
        status, tree = at.send(path, typed | {"slug": slug})
        assert (status, fields_of(tree)["slug"]) == (422, slug)
    assert at.send(path, typed | {"slug": "calme"})[0] == 303
    assert "title: Souffler" in text_of(engine, "calme")


def test_a_source_is_added_then_cited(at: Desk, engine: Engine) -> None:
    path = "/equipe/sources/nouvelle/"
    typed = {"id": "loi", "title": "La loi [1]", "url": "https://exemple.fr/", "date": "2026", "confidence": "high",
             "says": "Ce qu’elle dit."}  # fmt: skip
    for wrong in ({"id": ""}, {"id": "La Loi"}, {"title": ""}, {"url": "x"}, {"date": "hier"}, {"says": ""}):
        status, tree = at.send(path, typed | wrong)
        assert status == 422
        assert {name: fields_of(tree)[name] for name in wrong} == wrong
    assert at.send(path, typed)[0] == 303
    assert at.send(path, typed)[0] == 422
    _, tree = at.send(GUIDE, fields_of(at.get(GUIDE)[1]) | {"cite": "loi", "do": "cite"})
    assert "[La loi (1)](source:loi)" in fields_of(tree)["text"]
    assert at.send(GUIDE, fields_of(tree) | {"do": "save"})[0] == 303


def test_two_people_on_the_same_guide_see_it(at: Desk, engine: Engine) -> None:
    mine, theirs = fields_of(at.get(GUIDE)[1]), fields_of(at.get(GUIDE)[1])
    assert at.send(GUIDE, theirs | {"summary": "Le leur.", "do": "save"})[0] == 303
    status, tree = at.send(GUIDE, mine | {"summary": "Le mien.", "do": "save"})
    assert (status, fields_of(tree)["summary"]) == (422, "Le mien.")
    assert at.send(GUIDE, fields_of(tree) | {"do": "save"})[0] == 303
    assert "Le mien." in text_of(engine, "un")

"""What pages say of numbers and of the law: every page of the edition, read as a reader would."""

from __future__ import annotations

import json
import re

import pytest

from backend.offline.content import Content, read_content
from backend.offline.emergency import LINES
from backend.permanences.cards import CONFIDENCE_WORDS, STATUS_WORDS, UNSURE_WORDS
from backend.storage.documents import Document
from backend.words import partial_day_words, phone_words
from tests.conventions.conftest import Pages
from tests.markup import Element, parse

VOICE = {"tel:17", "tel:15", "tel:112"}
# The association closed in 2023, and the line the State has replaced by 3018.
DEAD = ("0130731833", "0184244234", "3020")


@pytest.fixture(scope="session")
def content(val_doise: list[Document]) -> Content:
    return read_content(val_doise)


def contact_pages(pages: Pages) -> dict[str, Element]:
    found = {
        url.split("/")[2]: page for url, page in pages.items() if url.startswith("/contacts/") and url.count("/") == 3
    }
    assert len(found) > 40
    return found


def test_numbers_of_the_shell_agree_with_the_contacts(content: Content) -> None:
    assert [line.number for line in LINES] == ["17", "114", "112", "15", "3114", "3018", "3919", "119", "116006"]
    for line in LINES:
        contact = content.contacts[line.number]
        assert contact.value == line.number
        assert line.href == f"{'sms' if contact.kind == 'sms' else 'tel'}:{contact.value}"
        assert line.words == phone_words(contact.value)
        assert line.emergency == contact.emergency
        assert contact.cost == "Gratuit", f"{contact.id}: the shell names it without a price"
        assert contact.confirmed_on is not None
        always = contact.schedule is not None and contact.schedule.always
        assert always == (line.hours == "24 h/24"), contact.id
        if not always:  # the same first and last hour in both
            said = re.findall(r"\d+\sh", line.hours.replace("\xa0", " "))
            known = re.findall(r"\d+\sh", (contact.hours_text or "").replace("\xa0", " "))
            assert said, contact.id
            assert said == known[: len(said)], contact.id


def test_the_lines_for_the_worst_moments_are_on_the_first_page_and_offline(pages: Pages) -> None:
    for url in ("/", "/hors-ligne/"):
        dialled = [a["href"] for a in pages[url].first("main").tags("a")]
        assert {"tel:3114", "tel:3018"} <= set(dialled), url
        danger = dialled.index("tel:15")
        assert max(dialled.index("tel:3114"), dialled.index("tel:3018")) <= danger + 2, f"{url}: right under the tiles"


def test_an_answer_of_the_questions_shows_who_to_call_before_what_to_do(pages: Pages) -> None:
    answers = pages["/guides/images/"].classed("answer")
    assert len(answers) >= 10
    for answer in answers:
        html = [element.tag for element in answer.tags("ul", "ol")]
        assert html.index("ul") < html.index("ol"), answer["id"]


def test_the_way_without_a_voice_stands_beside_every_emergency_number(pages: Pages) -> None:
    seen = 0
    for url, page in pages.items():
        for link in page.tags("a"):
            if link["href"] not in VOICE:
                continue
            seen += 1
            near = link.inside("ul", "article", "section")
            while near is not None and near.tag == "ul" and len(near.tags("a")) < 2:
                near = near.inside("ul", "article", "section")
            assert near is not None, url
            assert [a for a in near.tags("a") if a["href"] == "sms:114"], f"{url}: {link['href']}"
        # Words count as much as links: « appelez le 17 ».
        for block in page.tags("p", "li", "blockquote"):
            if re.search(r"\b(?:le|au|ou) (?:17|15|112)\b", block.words):
                section = block.inside("section", "article", "main")
                assert section is not None, url
                assert "114" in section.words, f"{url}: {block.words[:80]}"
    assert seen >= 12


def test_no_dead_number_is_shown_anywhere(edition: dict[str, tuple[str, bytes]]) -> None:
    for url, (type_, body) in edition.items():
        if not type_.startswith(("text/html", "application/json", "text/vcard")):
            continue
        for number in shown_numbers(url, body.decode()):
            assert number not in DEAD, url


def shown_numbers(url: str, text: str) -> set[str]:
    """Every run of digits that is shown or dialled, spaces taken out."""
    if url == "/recherche.json":
        # Words one looks for are not shown: who still has an old poster and types 3020 finds 3018.
        text = " ".join(f"{title} {summary}" for _, title, summary, *_ in json.loads(text)["entries"])
    elif text.lstrip().startswith("<"):
        page = parse(text)
        dialled = " ".join(a["href"] for a in page.tags("a") if a["href"].startswith(("tel:", "sms:")))
        text = f"{page.text} {dialled}"
    text = text.replace("+33", "0")
    return {re.sub(r"\D", "", run) for run in re.findall(r"\d(?:[\s.\u00a0\u202f-]?\d)*", text)}


def test_dead_numbers_would_be_found() -> None:
    for text in (
        "<p>01 30 73 18 33</p>",
        '<a href="tel:+33184244234">x</a>',
        "<p>Le 30 20</p>",
        "<p>01.30.73.18.33</p>",
    ):
        assert shown_numbers("/", text) & set(DEAD), text


def test_what_the_law_provides_is_written_up_to_and_with_its_source(pages: Pages) -> None:
    claims = 0
    for url, page in pages.items():
        if not (url.startswith("/guides/") and url != "/guides/"):
            continue
        for block in page.tags("p", "li"):
            if "€" not in block.words or [inner for inner in block.tags("p", "li") if "€" in inner.words]:
                continue
            if block.inside("article"):  # what a contact costs
                continue
            claims += 1
            assert "jusqu’à" in block.words, f"{url}: {block.words[:120]}"
            sources = [a for a in block.tags("a") if a["href"].startswith(("#source-", "/sources/#"))]
            assert sources, f"{url}: {block.words[:120]}"
    assert claims > 20


def test_no_page_speaks_of_a_least_penalty(pages: Pages) -> None:
    for url, page in pages.items():
        if url != "/sources/":  # which quotes the notice of 2020, to correct it
            assert not re.search(r"\bminim(?:um|ale?)\b", page.words, re.IGNORECASE), url


def test_an_unconfirmed_contact_names_a_sure_one_before_its_own(pages: Pages, content: Content) -> None:
    unsure = 0
    for id_, page in contact_pages(pages).items():
        article = page.having("data-contact", id_)[0]
        if article["data-status"] not in ("to_confirm", "stale"):
            continue
        unsure += 1
        links = [a["href"] for a in article.tags("a") if a["href"].startswith(("tel:", "sms:", "http", "mailto:"))]
        sure = {c.value for c in content.contacts.values() if c.confirmed_on and c.id in content.contacts[id_].beside}
        assert sure, id_
        first = links[0].removeprefix("tel:").removeprefix("sms:")
        assert first in sure, f"{id_}: {links}"
        assert "À vérifier" in article.words or "Non confirmé" in article.words, id_
    assert unsure >= 5


def test_each_contact_page_shows_status_confidence_source_and_date(pages: Pages, content: Content) -> None:
    found = contact_pages(pages)
    assert set(found) == set(content.contacts)
    for id_, page in found.items():
        contact, words = content.contacts[id_], page.first("main").words.replace("\u202f", " ").replace("\xa0", " ")
        article = page.having("data-contact", id_)[0]
        status = article["data-status"]
        unsure = status == "confirmed" and contact.confidence != "high"
        assert (UNSURE_WORDS if unsure else STATUS_WORDS[status]) in article.words, id_
        assert f"Confiance {CONFIDENCE_WORDS[contact.confidence]}" in words, id_
        assert contact.source.title in words, id_
        if contact.source.url:
            assert [a for a in page.tags("a") if a["href"] == contact.source.url], id_
        if contact.source.date:
            assert partial_day_words(contact.source.date).replace("\xa0", " ") in words, id_
        else:
            assert "source sans date" in words, id_
        if contact.confirmed_on and status == "confirmed":
            assert "Relevé le" in words, id_
        # Nobody has called: the word would promise it.
        assert not re.search(r"\b[Vv]érifié le", words), id_


def test_closed_organisations_show_no_number_and_send_to_others(pages: Pages, content: Content) -> None:
    closed = [c for c in content.contacts.values() if content.organisations[c.organisation].closed_on]
    assert closed
    for contact in closed:
        page = pages[f"/contacts/{contact.id}/"].first("main")
        article = page.having("data-contact", contact.id)[0]
        assert article["data-status"] == "closed"
        others = {e["data-contact"] for e in article.having("data-contact")}
        assert others == set(content.organisations[contact.organisation].successors)
        own = [a["href"] for a in page.tags("a") if a["href"].startswith("tel:")]
        values = {f"tel:{content.contacts[id_].value}" for id_ in others}
        assert set(own) <= values | VOICE | {"tel:3018", "tel:116006"}, own

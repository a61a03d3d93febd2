"""What an editor writes is text wherever it comes out: it never becomes a tag, an attribute, a line of a calendar.

`--long` puts every group of texts in every field; `make test` every second one (all of them go through Chromium there,
in tests/journeys/test_hostile_texts.py).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import lru_cache

import pytest
from markupsafe import Markup

from backend.guidance.guide_form import guide_fields, read_parts
from backend.offline.assets import read_assets
from backend.offline.companions import companion, companion_urls, read_directory
from backend.offline.content import read_content
from backend.offline.desk.change_words import Side
from backend.offline.desk.closing import closing_page
from backend.offline.desk.contact_pages import contact_page, organisation_page
from backend.offline.desk.guide_pages import guide_page, guides_page
from backend.offline.desk.hours import hours_page
from backend.offline.desk.lines import groups
from backend.offline.desk.pages import Conflict, DeskContactsPage
from backend.offline.desk.preview import guide_preview
from backend.offline.desk.reading import Desk
from backend.offline.render import Renderer
from backend.offline.templates import environment
from backend.permanences.contact import read_contact
from backend.permanences.osm import osm_hours
from backend.records import Record
from backend.staff.space import StaffLayout
from backend.storage.documents import Document
from tests.backend.hostile_documents import MARKDOWN, PACK, always, contact_body, four, front
from tests.backend.hostile_texts import grouped_texts, hostile_texts
from tests.markup import Element, parse

HARMLESS = "mot"
DAY = date(2026, 11, 24)
MOMENT = datetime(2026, 11, 24, 9, tzinfo=UTC)
TEMPLATES = environment()
LAYOUT = StaffLayout("Camille", True, True, "/", "/a.css", "/b.css", "/a.js", "/h.js", "jeton", False, ())
# What our own addresses and those of checked fields begin with.
SCHEMES = ("/", "#", "?", "tel:", "sms:", "mailto:", "https://")


@pytest.fixture(scope="module")
def texts(pytestconfig: pytest.Config) -> tuple[str, ...]:
    return tuple(grouped_texts()[:: 1 if pytestconfig.getoption("--long") else 2])


@lru_cache(maxsize=2)
def drafts(texts: tuple[str, ...], hostile: bool) -> list[Document]:
    """Four documents for every group of hostile texts; or as many harmless ones."""
    pairs = [(n, text if hostile else HARMLESS) for n, text in enumerate(texts)]
    return [PACK, *(document for number, text in pairs for document in four(number, always(text)))]


def shape(tree: Element) -> list[tuple[str, tuple[str, ...]]]:
    """Tags and the names of their attributes, in order: all that a text must not change."""
    return [(element.tag, tuple(sorted(element.attributes))) for element in tree.all()]


def wrong_addresses(tree: Element) -> list[str]:
    names = ("href", "src", "action", "formaction")
    return [e[n] for e in tree.all() for n in names if n in e.attributes and not e[n].startswith(SCHEMES) and e[n]]


def pages(texts: tuple[str, ...], hostile: bool) -> dict[str, str]:
    made = Renderer(read_content(drafts(texts, hostile)), DAY, read_assets(), "https://example.org/").render()
    return {page.url: page.body.decode() for page in made if page.type.startswith(("text/html", "application/json"))}


def test_there_are_more_than_three_hundred() -> None:
    assert len(set(hostile_texts())) >= 300


def test_pages_json_ld_and_the_search_index_hold_them_as_text(texts: tuple[str, ...]) -> None:
    plain, hostile = pages(texts, False), pages(texts, True)
    assert plain.keys() == hostile.keys()
    for url, body in hostile.items():
        if url.endswith(".json"):
            assert isinstance(json.loads(body), dict | list)
            continue
        tree = parse(body)
        assert shape(tree) == shape(parse(plain[url])), url
        assert wrong_addresses(tree) == [], url
        for script in tree.having("type", "application/ld+json"):
            (text,) = script.children
            assert isinstance(text, str)
            assert "<" not in text
            assert json.loads(text)["name"]


def test_cards_calendars_posters_and_the_api_hold_them_as_text(texts: tuple[str, ...]) -> None:
    directories = [read_directory(drafts(texts, hostile), 1, DAY, "https://example.org") for hostile in (False, True)]
    for url in companion_urls(directories[1]):
        plain, hostile = (companion(directory, url, DAY) for directory in directories)
        assert (plain is None) == (hostile is None), url
        if plain is None or hostile is None:
            continue
        text = hostile.body.decode()
        if hostile.type.startswith("text/html"):
            assert shape(parse(text)) == shape(parse(plain.body.decode())), url
        elif hostile.type.startswith("application/json"):
            json.loads(text)
        elif hostile.type.startswith(("text/vcard", "text/calendar")):
            assert properties(text) == properties(plain.body.decode()), url


def properties(text: str) -> list[str]:
    """The names of the lines, those folded put together again (RFC 5545, 3.1; RFC 6350, 3.2)."""
    lines = re.sub(r"\r\n[ \t]", "", text).split("\r\n")
    assert "\n" not in "".join(lines)
    return [re.split("[;:]", line)[0] for line in lines]


def test_openstreetmap_s_hours_hold_no_rule_of_theirs() -> None:
    for text in [HARMLESS, *hostile_texts()]:
        schedule = read_contact(Record(contact_body(0, always(text)), "c", [])).schedule
        assert schedule is not None
        bare = re.sub(r' ?"[^"]*"', "", osm_hours(schedule).text)
        assert bare == "Mo 09:00-12:00; PH off; 2026 Dec 24-2026 Dec 26 off", text


def desk_pages(desk: Desk, number: int) -> Iterator[tuple[str, object]]:
    """Each page of the desk with one text in all of its fields, previews included."""
    contact, slug = desk.contact(f"c{number}"), f"g{number}"
    line = groups(desk, [desk.organisation(f"o{number}")], MOMENT)
    text, line_of_text = contact.label, contact.label.replace("\n", " ")
    asked = {"quoi": "jour", "first": "2026-12-01", "reason": line_of_text}
    yield "contacts", DeskContactsPage(line, creates=True)
    closing = closing_page(desk, contact, asked, 1, MOMENT)
    yield "fermer", replace(closing, conflict=Conflict(2, (Side("Prix", text, None),)))
    yield "horaires", hours_page(desk, contact, None, 1, MOMENT)
    typed = {
        "mo.0.start": text,
        "mo.0.end": text,
        "note": text,
        "begins": text,
        "exception.0.reason": line_of_text,
        "do": "save",
    }
    yield "horaires", hours_page(desk, contact, typed, 1, MOMENT)
    card = contact_page(desk, text, "/equipe/contacts/", desk.body("contact", contact.id), None, MOMENT)
    assert card.preview
    yield "fiche", card
    yield "organisme", organisation_page(text, desk.body("organisation", f"o{number}"), None)
    yield "guides", replace(guides_page(desk, MOMENT), guides=())
    guide = guide_page(desk, slug, guide_fields(front(always(text)), MARKDOWN.format(number)), MOMENT, told=True)
    assert guide.preview
    # Their lists name everything: once is enough.
    yield "guide", replace(guide, options=guide.options | {"sources": [("s", text)], "guides": [("g", text)]})


def test_the_desk_and_its_previews_hold_them_as_text(texts: tuple[str, ...]) -> None:
    usual = [shape(tree) for _, tree in desk_trees(0, HARMLESS)]
    for number, text in enumerate(texts):
        for plain, (name, tree) in zip(usual, desk_trees(number, text), strict=True):
            assert shape(tree) == plain, (name, text)
            assert wrong_addresses(tree) == [], (name, text)


def desk_trees(number: int, text: str) -> Iterator[tuple[str, Element]]:
    for name, page in desk_pages(desk_of(number, text), number):
        html = TEMPLATES.get_template(f"equipe/{name}.html").render(page=page, layout=LAYOUT, csrf=lambda: Markup(""))
        yield name, parse(html)


def desk_of(number: int, text: str) -> Desk:
    documents = [PACK, *four(number, always(text))]
    by_key = {document.key: document for document in documents}
    return Desk(read_content(documents), by_key, by_key)


@pytest.mark.parametrize("place", ["a\n\n## B\n\n{}", "{}\n\n## B\n\nc", "a\n\n## {}\n\nc", "a\n\n## B\n\n> {}"])
def test_a_guide_s_text_is_refused_or_shown_as_text(place: str) -> None:
    content = read_content([PACK])
    kept = 0
    for text in hostile_texts():
        reading = read_parts("g", front(always("Un guide")), place.format(text))
        if not reading.sound:
            continue
        kept += 1
        tree = parse(guide_preview(replace(content, guides={"g": reading.guide}), reading.guide, DAY))
        assert {e.tag for e in tree.all()} <= ALLOWED, text
        assert not [name for e in tree.all() for name in e.attributes if name.startswith("on")], text
        assert wrong_addresses(tree) == [], text
    assert kept > 20


# What the dialect of advice can make.
ALLOWED = frozenset(
    ("h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "section", "article", "a", "b", "em", "strong", "blockquote", "ul",
     "ol", "li", "code", "br", "hr", "small", "span", "details", "summary", "svg", "path", "time", "nav")
)  # fmt: skip

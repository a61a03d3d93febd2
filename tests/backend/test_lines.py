"""What stands beside an unsure contact, on the home page and offline: never a line that is gone, never old hours."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from backend.offline.assets import read_assets
from backend.offline.content import Content, read_content
from backend.offline.render import Renderer
from backend.offline.views import Views
from backend.permanences.schedule_reading import schedule_from_json
from backend.storage.documents import Document

DAY = date(2026, 11, 25)
Make = Callable[..., Content]


@pytest.fixture
def make(val_doise: list[Document]) -> Make:
    """The real pack, some of its contacts changed, some of its organisations closed the day before."""

    def changed(closed: tuple[str, ...] = (), **contacts: dict[str, Any]) -> Content:
        content = read_content(val_doise)
        for id_, values in contacts.items():
            id_ = id_.removeprefix("n").replace("_", "-")
            content.contacts[id_] = replace(content.contacts[id_], **values)
        for id_ in closed:
            organisation = content.organisations[content.contacts[id_].organisation]
            content.organisations[organisation.id] = replace(
                organisation, closed_on=DAY - timedelta(1), successors=("116006", "3919")
            )
            content.contacts[id_] = replace(content.contacts[id_], value=None)
        return content

    return changed


def pages(content: Content, day: date = DAY) -> dict[str, str]:
    return {
        page.url: page.body.decode() for page in Renderer(content, day, read_assets(), "https://x.example/").render()
    }


@pytest.mark.parametrize("number", ["116006", "3018", "3114"])
def test_a_closed_line_is_named_nowhere_as_one_to_call(make: Make, number: str) -> None:
    for url, page in pages(make(closed=(number,))).items():
        assert f"tel:{number}" not in page, url


def test_words_of_doubt_and_paper_name_only_lines_that_answer(make: Make) -> None:
    for gone, left in (((), "du 3018 ou du 116 006."), (("3018",), "du 116 006.")):
        found = pages(make(closed=gone))["/guides/preuves/"].replace("\u00a0", " ")
        assert f"vérifiez auprès {left}" in found
    none = pages(make(closed=("3018", "116006")))
    assert "vérifiez avant de vous y fier" in none["/guides/preuves/"].replace("\u00a0", " ")
    assert "Vous pouvez aussi appeler" not in none["/recherche/"]
    assert '<p class="paper">3114</p>' in "".join(none.values())


def test_the_home_page_and_the_offline_one_tell_the_hours_of_the_edition(make: Make) -> None:
    schedule = schedule_from_json({"weekly": {"mo": [["10:00", "12:00"]]}})
    found = pages(make(n3018={"schedule": schedule}))
    for url in ("/", "/hors-ligne/"):
        words = found[url].replace("\u00a0", " ")
        assert "le lundi, de 10 h à 12 h" in words, url
        assert "9 h – 23 h" not in words, url
        assert "de 9 h à 23 h" not in words, url


def test_when_the_first_line_is_gone_the_next_one_takes_its_place(make: Make) -> None:
    found = pages(make(closed=("3018",)))
    assert 'first-line" href="tel:116006"' in found["/"]
    assert "tel:3018" not in found["/"]
    assert "tel:3018" not in found["/hors-ligne/"]


def test_an_unsure_contact_never_stands_alone(make: Make) -> None:
    """Past its date, with nothing named beside it, or with lines that are no longer sure themselves."""
    late = date(2027, 3, 15)
    views = Views(make(), late)
    unsure = [item for item in views.cards.values() if item.status in ("to_confirm", "stale")]
    assert {"116006", "cidff-95", "take-it-down"} <= {item.id for item in unsure}
    for item in unsure:
        page = views.contact(item.id)
        assert page.beside, item.id
        assert {line.status for line in page.beside} == {"confirmed"}, item.id
        assert item.beside, item.id
        assert item.id not in {line.id for line in page.beside}
    assert all(views.contact(item.id).aged for item in views.cards.values() if item.status == "confirmed")


def test_hours_nobody_confirmed_say_so_under_the_week(make: Make) -> None:
    content = make(
        cidff_95={"schedule": schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}}), "said_hours": None}
    )
    assert "<small>Jamais confirmés par nous." in pages(content)["/contacts/cidff-95/"]


def test_a_closed_organisation_sends_to_who_can_be_reached(make: Make) -> None:
    content = make(closed=("3919",))
    assert "3919" in content.organisations["dcdf"].successors
    shown = Views(content, DAY).contact("dcdf").successors
    assert [item.id for item in shown] == ["116006", "arretons-les-violences"]
    gone = make(closed=("3919", "116006", "arretons-les-violences"))
    assert [item.id for item in Views(gone, DAY).contact("dcdf").successors] == ["3018"]


def test_answers_of_a_search_say_what_is_closed_or_unsure(make: Make) -> None:
    found = pages(make(closed=("3919",)), date(2027, 3, 15))
    index = {entry[0]: entry[2] for entry in json.loads(found["/recherche.json"])["entries"]}
    assert index["/contacts/3919/"] == "Cet organisme a fermé. Sa page dit vers qui se tourner."
    assert index["/contacts/take-it-down/"].endswith(" À vérifier.")
    assert index["/contacts/cidff-95/"].lower().count("à vérifier") == 1
    assert "Toutes les violences faites aux femmes" not in found["/recherche/"]


def test_phones_are_given_the_hours_of_what_is_confirmed_alone(make: Make) -> None:
    content = make(closed=("3018",), cidff_95={"schedule": schedule_from_json({"always": True}), "said_hours": None})
    told = json.loads(pages(content)["/permanences.json"])["contacts"]
    assert "3919" in told
    assert not {"3018", "cidff-95", "dcdf"} & told.keys()

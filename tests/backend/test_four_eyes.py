"""What a second person must see: rules alone, no database."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from backend.offline.four_eyes import authors, facts, needs_second_person, risks, versions
from backend.offline.reach import ways_to_reach
from backend.offline.selection import HOURS, select
from backend.records import ContentError
from backend.storage.documents import Document
from backend.storage.revisions import OPERATOR, Revision
from tests.workflow import GUIDE, WEEKLY, contact, small_pack

CONTACT = contact("a", "Alpha", "0130303030")
ORGANISATION = {"id": "a", "name": "A", "scope": "local", "address": "1 rue A, 95000 Cergy", "successors": ["a"]}


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Appelez le 3018, ou le 01 30 30 30 30.", ("3018", "0130303030")),
        ("le 01-30-30-30-30 et le +33 1 30 30 30 30", ("0130303030", "+33130303030")),
        ("le 116\u00a0006 et le 17", ("116006", "17")),
        ("Un faux : 0130 puis 08123", ("0130", "08123")),
        ("Écrivez à Aide@exemple.fr. Ou www.exemple.org/a", ("aide@exemple.fr", "www.exemple.org/a")),
        ("exemple.fr/contact", ("exemple.fr/contact",)),
        ("jusqu’à 15 ans, 30 000 €, 48 heures, le 24 décembre 2026, à 18 h, 16 jours", ()),
        ("article 222-33-2-2, article 226-1, article 226-15, depuis 2018, le 2026-11-22, 12/11/2026", ()),
        ("de 09:00 à 12:00, le 05/01/26 et le 06/01/2026, du 2026-01-05 au 2026-02-06", ()),
        ("Appelez le :3019, ou t.me/aide, ou aide.info", ("3019", "t.me/aide", "aide.info")),
        (
            "https://a.fr/2026-11-22/b et https://a.fr/0612345678/c",
            ("https://a.fr/2026-11-22/b", "https://a.fr/0612345678/c", "0612345678"),
        ),
    ],
)
def test_numbers_and_addresses_are_found_in_texts(text: str, ways: tuple[str, ...]) -> None:
    assert ways_to_reach(text) == ways


@pytest.mark.parametrize(
    "text",
    [
        "Tél:0612345678", "0612345678b", "06/12/34/56/78", "06  12  34  56  78", "06, 12, 34, 56, 78",
        "06 – 12 – 34 – 56 – 78", "06\n12\n34\n56\n78", "06\u200912\u200934\u200956\u200978",
        "06\u200b12\u200b34\u200b56\u200b78", "06·12·34·56·78", "06&nbsp;12&nbsp;34&nbsp;56&nbsp;78",
        "06 **12** 34 __56__ 78", "06\\-12-34-56-78", "\uff10\uff1612345678", "0612-34-56-78",
        "le 0612345678 jours ouvrés", "06 12 34 56 78 h", "(06) 12 34 56 78", "+33 (0)6 12 34 56 78",
        "0033 6 12 34 56 78", "06     12     34     56     78", "06 · · 12 · · 34 · · 56 · · 78",
        "06  |  12  |  34  |  56  |  78",
    ],
)  # fmt: skip
def test_a_number_is_found_however_it_is_cut_up(text: str) -> None:
    found = ways_to_reach(f"Le soir, {text} aussi")
    assert len(found) == 1
    assert re.fullmatch(r"(0|\+33|0033)612345678", found[0])


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("Nouveau numéro : 06:12:34:56:78", ("0612345678",)),
        ("le 39-19, le 39/19, le 30 / 19, le 39 – 19, le **30** **19**", ("3919", "3919", "3019", "3919", "3019")),
        ("le (3) (0) (1) (9) ou 3_0_1_9 ou 3 - 0 - 1 - 9 ou 116-006", ("3019", "3019", "3019", "116006")),
        ("Appelez le 3921 jours et nuits", ("3921",)),
        ("écrivez à aide@faux point fr ou sur faux-aide.ru", ("aide@faux", "faux-aide.ru")),
        ("écrivez à aide arobase faux point fr, ou faux point fr", ("aide arobase faux point fr", "faux point fr")),
        ("sur aide-victimes.de, ou @fauxcompte sur un réseau", ("aide-victimes.de", "@fauxcompte")),
        (
            "WWW.Faux.FR, HTTPS://Faux.Fr/a, Faux-Aide.Fr, FAUX.DE",
            ("www.faux.fr", "https://faux.fr/a", "faux-aide.fr", "faux.de"),
        ),
        ("Aide Arobase Faux Point Fr", ("aide arobase faux point fr",)),
        ("Un point.Le reste, faire le point avec M.Dupont, au point de partir", ()),
        ("**3**019, 3*0*19, 301**9**, 3\\019, 39\\-19", ("3019", "3019", "3019", "3019", "3919")),
        ("le [30](guide:preuves)19, [appelez](contact:3018)", ("3019", "3018")),
        ("le 24/12, le 1/2 ; dès 15 ans, articles 706-3 et 222-33 ; 3 750 €, 119 jours", ()),
        ("1. Notez 2. Gardez 3. Signalez 4. Appelez", ()),
        ("le lundi de 9 h à 12 h, de 14:00 à 17:30, les 2, 4 et 6", ()),
        ("@contact 3018\n\n@sorter images", ("3018",)),
    ],
)
def test_short_numbers_and_addresses_are_found_however_they_are_written(text: str, ways: tuple[str, ...]) -> None:
    assert ways_to_reach(text) == ways


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Appelez le trente-neuf vingt-deux", "trente neuf vingt deux"),
        ("trente dix-neuf", "trente dix neuf"),
        ("le un, un, quatre", "un un quatre"),
        ("Appelez le cent dix-neuf, nuit et jour", "cent dix neuf"),
        ("au trois mille neuf cent dix-neuf", "trois mille neuf cent dix neuf"),
        ("au cent seize, zéro zéro six", "cent seize zéro zéro six"),
        (
            "trente mille euros, trois mille euros, cent douze jours, cent vingt fois ou deux cent mille €",
            None,
        ),
        ("soixante-dix-sept ans, vingt et un jours, dix-huit mois, deux ou trois fois, quatre-vingt-onze", None),
        ("le zéro un trente trente trente trente", "zéro un trente trente trente trente"),
        ("Zéro-six, douze ; trente-quatre… cinquante-six", "zéro six douze trente quatre cinquante six"),
        ("zéro un vingt et un vingt et un trente dix", "zéro un vingt et un vingt et un trente dix"),
        ("à quatre-vingt-dix-neuf ans, ou vingt-cinq, un ou deux enfants, deux, trois fois", None),
    ],
)
def test_a_number_told_in_words_is_found(text: str, number: str | None) -> None:
    assert ways_to_reach(text) == ((number,) if number else ())


@pytest.mark.parametrize(
    "piece",
    [
        "un ",
        "cent ",
        "mille ",
        "vingt et ",
        "0-",
        "a.",
        "06 ",
        "+33 ",
        "a@",
        "a-",
        "1:",
        "1_",
        "39 - ",
        "@a",
        "a point ",
        "](",
        "[a](b)",
    ],
)
def test_a_text_of_any_length_is_read_once(piece: str) -> None:
    """Read again from each of its letters, the largest guide took a minute and more."""
    ways_to_reach(piece * (64 * 1024 // len(piece)))


def fields(kind: str, before: Any, after: Any) -> set[str]:
    bodies = [None if side is None else side if isinstance(side, str) else json.dumps(side) for side in (before, after)]
    return {risk.field for risk in risks(facts(kind, bodies[0]), facts(kind, bodies[1]))}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"value": "0130303031"}, "value"),
        ({"value": None, "withdrawn": "Ne répond plus"}, "withdrawn"),
        ({"label": "Alfa"}, "label"),
        ({"kind": "sms"}, "kind"),
        ({"organisation": "b"}, "organisation"),
        ({"emergency": True}, "emergency"),
        ({"note": "Ou le 01 30 30 30 31"}, "note"),
        ({"expect": "Écrivez à a@exemple.fr"}, "expect"),
        ({"source": {"title": "A", "url": "https://exemple.fr/"}}, "source"),
        ({"schedule": WEEKLY | {"note": "Le soir, le 3019"}}, "schedule"),
        ({"schedule": WEEKLY | {"exceptions": [{"from": "2026-12-24", "until": "2026-12-24", "slots": [],
                                                "reason": "appelez le 3019"}]}}, "schedule"),
        ({"hours_text": "Le 06 12 12 12 12 le soir", "schedule": None}, "hours_text"),
    ],
)  # fmt: skip
def test_a_contact_that_leads_elsewhere_is_risky(change: dict[str, Any], field: str) -> None:
    assert field in fields("contact", CONTACT, CONTACT | change)
    assert field in fields("contact", CONTACT | change, CONTACT), "and back"


@pytest.mark.parametrize(
    "change",
    [
        {"schedule": {"weekly": {"tu": [["14:00", "17:30"]]}, "exceptions": [
            {"from": "2026-12-24", "until": "2026-12-26", "slots": [], "reason": "fermeture"}]}},
        {"confirmed_on": "2026-11-24", "confirm_by": "2027-05-24"},
        {"for": "Parler, sans rendez-vous", "cost": "Gratuit", "languages": ["fr", "en"], "note": "Dès 15 ans"},
        {"schedule": None},
    ],
)  # fmt: skip
def test_hours_and_plain_words_are_not(change: dict[str, Any]) -> None:
    assert fields("contact", CONTACT, CONTACT | change) == set()


@pytest.mark.parametrize(
    "change",
    [
        {"name": "B"},
        {"address": "2 rue A"},
        {"closed_on": "2026-11-23"},
        {"successors": ["b"]},
        {"website": "https://exemple.fr/"},
        {"scope": "national"},  # its lines are shown beside others then, as safe ones
    ],
)
def test_an_organisation_that_moves_or_closes_is_risky(change: dict[str, Any]) -> None:
    assert fields("organisation", ORGANISATION, ORGANISATION | change) == set(change)


def test_what_appears_is_judged_by_what_it_holds_and_what_goes_is_risky() -> None:
    assert {"value", "label", "organisation"} <= fields("contact", None, CONTACT)
    assert fields("guide", None, GUIDE) == set()
    assert fields("guide", None, GUIDE + "\nAppelez le 3018.") == {"text"}
    for kind, body in (("contact", CONTACT), ("organisation", ORGANISATION), ("guide", GUIDE)):
        assert fields(kind, body, None) == {"document"}


def test_numbers_of_a_guide_that_change_places_are_seen() -> None:
    hers, his = GUIDE + "Parents : 3018. Couple : 3919.", GUIDE + "Parents : 3919. Couple : 3018."
    assert fields("guide", hers, his) == {"text"}
    assert fields("guide", hers, hers.replace("Parents", "Père, mère")) == set()


def written(*versions: tuple[str, dict[str, Any]]) -> list[Revision]:
    """A history, given oldest first."""
    revisions = [
        Revision("contact", "a", number, json.dumps(body), author, number)
        for number, (author, body) in enumerate(versions, 1)
    ]
    return revisions[::-1]


def waits(history: list[Revision], published: dict[str, Any] = CONTACT) -> bool:
    found = risks(facts("contact", json.dumps(published)), facts("contact", history[0].body))
    return needs_second_person(found, versions(history))


def test_only_the_operator_s_own_number_goes_out_unseen() -> None:
    wrong, right, later = CONTACT | {"value": "3019"}, CONTACT | {"value": "3020"}, CONTACT | {"note": "Ouvert"}
    assert waits(written((OPERATOR, CONTACT), ("ana", wrong)))
    assert not waits(written((OPERATOR, CONTACT), (OPERATOR, wrong)))
    # Commands that keep the number another typed do not make it the operator's.
    assert waits(written((OPERATOR, CONTACT), ("ana", wrong), (OPERATOR, wrong | {"note": "Ouvert"})))
    # A number of the operator's own takes its place.
    assert not waits(written((OPERATOR, CONTACT), ("ana", wrong), (OPERATOR, right)))
    # Hours saved by somebody above the operator's number leave it his.
    assert not waits(written((OPERATOR, CONTACT), (OPERATOR, right), ("ana", right | later | {"value": "3020"})))
    unexplained = risks(facts("contact", json.dumps(CONTACT)), facts("contact", json.dumps(wrong)))
    assert needs_second_person(unexplained, []), "no revision tells who wrote it"


def test_whoever_touched_the_number_cannot_approve_it() -> None:
    wrong, other = CONTACT | {"value": "3019"}, CONTACT | {"value": "3020"}
    published = json.dumps(CONTACT)
    history = written((OPERATOR, CONTACT), ("ana", wrong), ("ben", other), ("eve", other | {"note": "Ouvert"}))
    assert authors("contact", published, versions(history)) == {"ana", "ben"}
    # What came before the version that readers have is no part of the change.
    history = written((OPERATOR, other), ("ana", CONTACT), ("ben", wrong))
    assert authors("contact", published, versions(history)) == {"ben"}
    # Hours that went out alone made an edition that is nobody's version.
    hours_alone = json.dumps(CONTACT | {"schedule": WEEKLY | {"note": "Le soir"}})
    assert authors("contact", hours_alone, versions(history)) == {"ben"}


def changed(id_: str, kind: str = "contact", **values: Any) -> list[Document]:
    return [
        Document(d.kind, d.id, json.dumps(json.loads(d.body) | values)) if d.key == (kind, id_) else d
        for d in small_pack()
    ]


def body(documents: list[Document], id_: str, kind: str = "contact") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(next(d.body for d in documents if d.key == (kind, id_)))
    return found


A = ("contact", "a")
SHUT: dict[str, Any] = {"weekly": {}}


def test_what_waits_is_held_and_its_hours_go_out() -> None:
    drafts = changed("a", value="3019", schedule=SHUT, note="Neuf")
    selection = select(small_pack(), drafts, {A: ()})
    assert body(selection.documents, "a") == body(small_pack(), "a") | {"schedule": SHUT}
    assert selection.held == {A}
    assert select(small_pack(), drafts, {}).documents == drafts


def test_a_number_hidden_in_hours_is_held_with_them() -> None:
    drafts = changed("a", schedule=SHUT | {"note": "Appelez le 3019"})
    found = risks(facts("contact", small_pack()[3].body), facts("contact", drafts[3].body))
    assert select(small_pack(), drafts, {A: found}).documents == small_pack()


def test_one_contact_alone_or_its_hours_alone() -> None:
    drafts = changed("a", schedule=SHUT, note="Neuf")
    drafts[-1] = Document("guide", "un", GUIDE + "\nEncore.")
    alone = select(small_pack(), drafts, {}, only={A})
    assert alone.held == {("guide", "un")}
    assert body(alone.documents, "a") == body(drafts, "a")
    hours = select(small_pack(), drafts, {}, only={A}, fields=HOURS)
    assert body(hours.documents, "a")["schedule"] == SHUT
    assert "note" not in body(hours.documents, "a")


def test_a_draft_that_leans_on_one_that_waits_waits_too() -> None:
    new = Document("contact", "c", json.dumps(contact("c", "Gamma", "0130303033") | {"organisation": "a"}))
    guide = Document("guide", "un", GUIDE + "\n@contact c\n")
    drafts = [*small_pack()[:-1], new, guide]
    selection = select(small_pack(), drafts, {new.key: ()})
    assert selection.documents == small_pack()
    assert selection.held == {new.key, guide.key}


def test_a_closed_organisation_and_its_empty_contact_go_together() -> None:
    drafts = changed("a", value=None)
    drafts[1] = Document(
        "organisation", "a", json.dumps(ORGANISATION | {"closed_on": "2026-11-23", "successors": ["b"]})
    )
    # Its contact waits, so it still has a number: the organisation cannot be closed yet.
    selection = select(small_pack(), drafts, {A: ()})
    assert selection.documents == small_pack()
    assert select(small_pack(), drafts, {}).documents == drafts


def test_what_goes_keeps_its_place_until_somebody_agrees() -> None:
    drafts = [d for d in changed("a", "organisation", successors=[]) if d.key != A]
    selection = select(small_pack(), drafts, {A: (), ("organisation", "a"): ()})
    assert selection.documents == small_pack()


def test_drafts_that_do_not_hold_together_are_told() -> None:
    with pytest.raises(ContentError):
        select(small_pack(), changed("a", organisation="nobody"), {A: ()})

"""Numbers and addresses in a text, however they are written: what a second person must see."""

from __future__ import annotations

import re

import pytest

from backend.offline.reach import ways_to_reach


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

"""What leaves the site with hours in it, a calendar or a page's data, tells no hours as sure once they are not."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from backend.offline.companions import Directory, companion
from backend.permanences.contact import Contact
from backend.permanences.schedule_reading import schedule_from_json
from backend.permanences.schema_org import contact_json_ld
from backend.permanences.school_holidays import ZONE_C
from tests.backend.test_freshness import ASSOCIATION, CONTACT

CONFIRM_BY = CONTACT.confirm_by
SCHEDULE = schedule_from_json(
    {
        "weekly": {"mo": [["09:00", "12:00"]]},
        "exceptions": [
            {"from": "2027-05-18", "until": "2027-06-01", "slots": [], "reason": "travaux"},
            {"from": "2027-06-07", "until": "2027-06-07", "slots": [["14:00", "16:00"]]},
        ],
    }
)
WITH_HOURS = replace(CONTACT, schedule=SCHEDULE)


def calendar(contact: Contact, day: date) -> str:
    directory = Directory({"a": contact}, {"a": ASSOCIATION}, "Essai", 1, day, "https://appui.example")
    answer = companion(directory, "/contacts/a.ics", day)
    assert answer is not None
    assert answer.status == 200
    return answer.body.decode()


def told(contact: Contact, day: date) -> list[dict[str, Any]]:
    found = json.loads(contact_json_ld(contact, ASSOCIATION, day))
    return [hours for name, list_ in found.items() if name.endswith("Specification") for hours in list_]


def test_a_calendar_ends_before_its_hours_are_stale() -> None:
    stale = CONFIRM_BY + timedelta(91)
    day = stale - timedelta(21)
    assert calendar(WITH_HOURS, day).count("UNTIL=20270816T070000Z") == 1, "the last Monday before they are"
    assert "BEGIN:VEVENT" not in calendar(WITH_HOURS, stale)
    assert "BEGIN:VEVENT" in calendar(WITH_HOURS, stale - timedelta(7))


@pytest.mark.parametrize("always", [True, False])
def test_a_calendar_of_hours_to_confirm_says_so_in_each_event(always: bool) -> None:
    schedule = schedule_from_json({"always": True}) if always else SCHEDULE
    contact = replace(WITH_HOURS, schedule=schedule)
    sure, unsure = calendar(contact, CONFIRM_BY), calendar(contact, CONFIRM_BY + timedelta(1))
    assert "horaires à vérifier" not in sure
    assert unsure.count("horaires à vérifier") == unsure.count("BEGIN:VEVENT") > 0
    assert "BEGIN:VEVENT" not in calendar(contact, CONFIRM_BY + timedelta(91))


def test_hours_for_programs_say_until_when_and_go_with_their_confirmation() -> None:
    hours = told(WITH_HOURS, date(2027, 5, 1))
    assert max(each["validThrough"] for each in hours) == CONFIRM_BY.isoformat()
    closed = [each for each in hours if each.get("validFrom") == "2027-05-24"]
    assert not closed, "what begins later is not promised"
    assert [each for each in hours if "dayOfWeek" in each] != []
    assert told(WITH_HOURS, CONFIRM_BY + timedelta(1)) == []
    assert told(replace(WITH_HOURS, confirmed_on=None), date(2027, 5, 1)) == []


def test_school_holidays_nobody_published_are_told_as_a_doubt() -> None:
    school = schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}, "school_holidays": "closed"})
    contact = replace(CONTACT, schedule=school)
    unknown = ZONE_C.known_until + timedelta(300)
    events = calendar(replace(contact, confirm_by=unknown + timedelta(90)), unknown)
    assert events.count("hors vacances scolaires") == events.count("BEGIN:VEVENT") > 0
    assert "hors vacances" not in calendar(replace(WITH_HOURS, confirm_by=unknown + timedelta(90)), unknown)
    assert told(replace(contact, confirm_by=unknown + timedelta(90)), unknown) == []
    known = ZONE_C.known_until - timedelta(30)
    assert max(each["validThrough"] for each in told(contact, known)) == ZONE_C.known_until.isoformat()


def test_a_poster_hangs_with_the_note_of_its_hours() -> None:
    noted = schedule_from_json({"weekly": {"mo": [["09:00", "12:00"]]}, "note": "Sauf le premier lundi du mois."})
    contact = replace(CONTACT, schedule=noted)
    directory = Directory({"a": contact}, {"a": ASSOCIATION}, "Essai", 1, date(2027, 5, 1), "https://appui.example")
    poster = companion(directory, "/affiche/", date(2027, 5, 1))
    assert poster is not None
    assert "Sauf le premier lundi du mois." in poster.body.decode()
    assert "mois.." not in poster.body.decode()

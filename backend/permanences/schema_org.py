"""A permanence for search engines. https://schema.org/OpeningHoursSpecification

The usual week goes to `openingHoursSpecification`; each coming day that differs goes, dated, to
`specialOpeningHoursSpecification`, which replaces it. A closing hour before the opening one is the next morning;
from 00:00 to 23:59 means all day, from 00:00 to 00:00 closed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from markupsafe import Markup

from backend.permanences.calendar import ALL_DAY, day_hours, ruled_days
from backend.permanences.compile import WEEKS
from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.organisation import Organisation
from backend.permanences.schedule import AS_USUAL, FULL_DAY, Schedule, Slot, Week, clock_text
from backend.permanences.school_holidays import ZONE_C, SchoolCalendar

# Dated differences are told for the year and the weeks after it: told from today on, the page would change every day.
WEEKS_TOLD = 60
DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PROPERTY = {
    "phone": "telephone",
    "sms": "telephone",
    "email": "email",
    "visit": "address",
    "chat": "url",
    "web": "url",
}
EVERY_DAY: Week = (ALL_DAY,) * 7


def contact_json_ld(contact: Contact, organisation: Organisation, day: date) -> Markup:
    """JSON-LD of one contact, safe inside a script element: no text in it can end that element."""
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["Organization", "Place"],
        "name": contact.label,
        "description": contact.purpose,
        "parentOrganization": organisation.name,
        _PROPERTY[contact.kind]: contact.value,
    }
    # Hours are facts of programs only while they are confirmed, and say themselves until when.
    last = _last_sure(contact, ZONE_C)
    if contact.schedule and last >= day and status(contact, organisation, day) == "confirmed":
        told = opening_hours_json(contact.schedule, date(day.year, 1, 1), WEEKS_TOLD)
        found |= {name: list(_until(hours, last)) for name, hours in told.items()}
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e"))  # noqa: S704


def _last_sure(contact: Contact, school: SchoolCalendar) -> date:
    """Until when its hours are known: no further than the school holidays, where they change something."""
    depends = contact.schedule is not None and contact.schedule.school_holidays != AS_USUAL
    return min(contact.confirm_by, school.known_until) if depends else contact.confirm_by


def opening_hours_json(
    schedule: Schedule, first: date, weeks: int = WEEKS, school: SchoolCalendar = ZONE_C
) -> dict[str, list[dict[str, Any]]]:
    """Both keys, to add to an organisation's JSON-LD. Empty for hours by appointment, which the vocabulary would show
    as open, and for a schedule never open."""
    if schedule.by_appointment or schedule.never_open:
        return {}
    week = EVERY_DAY if schedule.always else schedule.weekly
    days = ruled_days(schedule, first, first + timedelta(7 * weeks - 1))
    special = list(_special(schedule, week, days, school))
    found = {"openingHoursSpecification": list(_usual(week)), "specialOpeningHoursSpecification": special}
    return {key: value for key, value in found.items() if value}


def _until(told: list[dict[str, Any]], last: date) -> Iterator[dict[str, Any]]:
    """These hours as far as that day, included."""
    for hours in told:
        if date.fromisoformat(hours.get("validFrom", last.isoformat())) <= last:
            yield hours | {"validThrough": min(hours.get("validThrough", "9999"), last.isoformat())}


def _usual(week: Week) -> Iterator[dict[str, Any]]:
    for slot in dict.fromkeys(slot for slots in week for slot in slots):
        days = [f"https://schema.org/{DAY_NAMES[day]}" for day in range(7) if slot in week[day]]
        yield {"@type": "OpeningHoursSpecification", "dayOfWeek": days, **_hours(slot)}


def _special(schedule: Schedule, week: Week, days: list[date], school: SchoolCalendar) -> Iterator[dict[str, Any]]:
    """Runs of neighbouring days that have the same slots, and not those of their weekday."""
    unusual = [(day, slots) for day in days if (slots := day_hours(schedule, day, school).slots) != week[day.weekday()]]
    # Neighbouring days keep the same distance to their place in the list.
    for (slots, _), run in groupby(enumerate(unusual), key=lambda item: (item[1][1], item[1][0].toordinal() - item[0])):
        stretch = [day for _, (day, _) in run]
        for slot in slots or (None,):
            dates = {"validFrom": stretch[0].isoformat(), "validThrough": stretch[-1].isoformat()}
            yield {"@type": "OpeningHoursSpecification", **_hours(slot), **dates}


def _hours(slot: Slot | None) -> dict[str, str]:
    if slot is None:
        return {"opens": "00:00", "closes": "00:00"}
    if slot == Slot(0, FULL_DAY):
        return {"opens": "00:00", "closes": "23:59"}
    if slot.end - slot.start == FULL_DAY:
        # The same hour twice would mean closed: a minute is left out.
        return {"opens": clock_text(slot.start), "closes": clock_text(slot.end - FULL_DAY - 1)}
    return {"opens": clock_text(slot.start), "closes": clock_text(slot.end % FULL_DAY)}

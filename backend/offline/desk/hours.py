"""The hours editor: the week, seasons, exceptions, holidays; what readers will see of it, while it is typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from backend.clock import paris_day
from backend.offline.desk.lines import contact_line
from backend.offline.desk.pages import HoursPage
from backend.offline.desk.preview import contact_preview
from backend.offline.desk.reading import Body, Desk
from backend.permanences.contact import Contact
from backend.permanences.dated_change import begin_on, refusal
from backend.permanences.hours_actions import act, made_field
from backend.permanences.hours_form import HoursForm, form_of, read_fields
from backend.permanences.hours_form_reading import Reading, read_hours
from backend.permanences.hours_preview import preview_hours
from backend.permanences.schedule import Schedule, schedule_json

SAVE, PUBLISH = "save", "publish"


def hours_page(
    desk: Desk, contact: Contact, posted: Mapping[str, str] | None, revision: int, moment: datetime
) -> HoursPage:
    """The editor as it opens (`posted` None), or after a button."""
    if posted is None:
        return _page(desk, contact, form_of(contact.schedule or Schedule()), revision, moment)
    action = posted.get("do", "")
    form = act(read_fields(posted), action, posted)
    asked = action in (SAVE, PUBLISH)
    page = _page(desk, contact, form, revision, moment, told=asked or action == "see")
    seen = page.preview is not None and posted.get("seen") == page.preview.mark
    if asked and page.preview and page.preview.warnings and not seen:
        page = replace(page, faults={"seen": "Relisez ces points, puis cochez la case"})
    return replace(page, focus=made_field(form, action), asked=asked, seen=seen)


def _page(
    desk: Desk, contact: Contact, form: HoursForm, revision: int, moment: datetime, told: bool = True
) -> HoursPage:
    reading = read_new_hours(form, contact.schedule, moment)
    page = HoursPage(contact_line(desk, contact, moment), form, revision, None, None)
    if reading.faults:
        # A row just added is empty: that is no fault before somebody asks.
        return replace(page, faults=reading.faults if told else {})
    published = desk.published_contact(contact.id)
    shown = replace(contact, schedule=reading.schedule, said_hours=None)
    return replace(
        page,
        preview=preview_hours(published.schedule if published else None, reading.schedule, moment),
        reader=contact_preview(desk.with_contact(shown), contact.id, paris_day(moment)),
    )


def read_new_hours(form: HoursForm, before: Schedule | None, moment: datetime) -> Reading:
    """The schedule that the form asks for, its change dated ahead where it says so."""
    reading = read_hours(form)
    if reading.faults or reading.begins is None:
        return reading
    today = paris_day(moment)
    if before is None:
        reading.tell("begins", "ce contact n’a pas encore d’horaires : laissez vide, ils valent dès la publication")
    elif why := refusal(before, reading.schedule, today, reading.begins):
        reading.tell("begins", why)
    else:
        reading.schedule = begin_on(before, reading.schedule, today, reading.begins)
    return reading


def hours_body(body: Body, schedule: Schedule) -> Body:
    """The contact's document with these hours; words that stood for want of hours give way."""
    return body | {"schedule": schedule_json(schedule), "hours_text": None}

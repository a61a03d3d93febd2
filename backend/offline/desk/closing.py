"""« Fermé cette semaine »: what it changes for readers, shown before it is published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from litestar.exceptions import NotFoundException

from backend.clock import paris_day
from backend.offline.desk.lines import contact_line
from backend.offline.desk.pages import ClosingPage
from backend.offline.desk.reading import Body, Desk
from backend.permanences.closing import Closing, close_days
from backend.permanences.closing_form import TITLES, ClosingAsked, closing_fields, read_closing
from backend.permanences.contact import Contact
from backend.permanences.hours_preview import preview_hours
from backend.permanences.schedule import DatedException, schedule_json
from backend.permanences.week_words import slots_words, stretch_words


def closing_page(
    desk: Desk, contact: Contact, posted: Mapping[str, str], revision: int, moment: datetime
) -> ClosingPage:
    """`posted` is empty but for the kind of closing when the page is first asked for."""
    kind = posted.get("quoi", "semaine")
    line = contact_line(desk, contact, moment)
    if kind not in TITLES or not line.closable:
        raise NotFoundException
    fields = closing_fields(kind, paris_day(moment)) | {
        name: posted[name] for name in ("first", "last", "reason") if name in posted
    }
    asked = read_closing(fields, paris_day(moment))
    page = ClosingPage(line, TITLES[kind], None, kind == "semaine", fields, revision, None, faults=asked.faults)
    if asked.faults:
        return page
    closing = close(contact, asked)
    published = desk.published_contact(contact.id)
    return replace(
        page,
        days=stretch_words(asked.first, asked.last),
        preview=preview_hours(published.schedule if published else None, closing.schedule, moment),
        kept=tuple(_words(found) for found in closing.kept),
        replaced=tuple(_words(found) for found in closing.replaced),
    )


def close(contact: Contact, asked: ClosingAsked) -> Closing:
    """A contact that `closable` says can be."""
    if contact.schedule is None:
        raise NotFoundException
    return close_days(contact.schedule, asked.first, asked.last, asked.reason)


def closed_body(body: Body, closing: Closing) -> Body:
    """The contact's document, shut on those days; all else as it was written."""
    exceptions = schedule_json(closing.schedule)["exceptions"]
    return body | {"schedule": body["schedule"] | {"exceptions": exceptions}}


def _words(found: DatedException) -> str:
    reason = f" ({found.reason})" if found.reason else ""
    return f"{stretch_words(found.first, found.last)} : {slots_words(found.slots)}{reason}"

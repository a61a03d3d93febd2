"""Posters to print: who answers, at which number, in the coming weeks. Pure; made for the day they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import segno
from markupsafe import Markup

from backend.offline.places import FRONTEND
from backend.offline.templates import environment
from backend.permanences.cards import value_words
from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.organisation import Organisation
from backend.permanences.week_words import coming_weeks, week_lines
from backend.words import day_words

POSTER = "/affiche/"
POSTER_STYLE = "/affiche.css"
WEEKS = 4


@dataclass(frozen=True)
class Place:
    """Where a poster sends its reader, and which edition it was made from (`issued`: its day)."""

    territory: str
    edition: int
    issued: date
    public_url: str


@dataclass(frozen=True)
class PosterLine:
    """One way to reach somebody; `coming`: what is unlike the usual week before the poster is out of date."""

    label: str
    purpose: str
    value: str
    number: bool
    hours: list[str]
    coming: list[str]
    cost: str | None


def poster_urls(organisations: Mapping[str, Organisation]) -> list[str]:
    return [POSTER, *(f"/organismes/{id_}{POSTER}" for id_, item in organisations.items() if not item.closed_on)]


def poster_page(place: Place, groups: Iterable[tuple[Organisation, list[Contact]]], day: date) -> bytes | None:
    """A page of lines people confirmed; None where there is none: a poster outlives a correction."""
    groups = list(groups)
    shown = [
        contact
        for organisation, contacts in groups
        for contact in contacts
        if contact.kind in ("phone", "sms", "visit") and status(contact, organisation, day) == "confirmed"
    ]
    if not shown:
        return None
    one = groups[0][0] if len(groups) == 1 else None
    address = f"{place.public_url}/contacts/" + (f"{shown[0].id}/" if one else "")
    return (
        environment()
        .get_template("poster.html")
        .render(
            title=one.name if one else f"Qui appeler – {place.territory}",
            urgent=[_line(contact, day) for contact in shown if contact.emergency],
            lines=[_line(contact, day) for contact in shown if not contact.emergency],
            address=address,
            code=Markup(segno.make(address, error="m").svg_inline(scale=4, border=0)),  # noqa: S704 - segno's own
            edition=place.edition,
            issued=day_words(place.issued),
            alone=one is not None,
            day=day_words(day),
            weeks=WEEKS,
            # Past its weeks it would hang there without the closings that came since.
            renew=day_words(min([day + timedelta(weeks=WEEKS), *(contact.confirm_by for contact in shown)])),
            style=POSTER_STYLE,
        )
        .encode()
    )


def poster_style() -> bytes:
    """Fixed, so that a poster made from any edition finds it."""
    return (FRONTEND / "static" / "affiche.css").read_bytes()


def _line(contact: Contact, day: date) -> PosterLine:
    schedule = contact.schedule
    # A note may take back what the week says: it hangs with it.
    said = [*week_lines(schedule), schedule.note] if schedule else [contact.said_hours]
    return PosterLine(
        label=contact.label,
        purpose=contact.purpose,
        value=value_words(contact),
        number=contact.kind != "visit",
        hours=[line.rstrip(".") for line in said if line],
        coming=coming_weeks(schedule, day, WEEKS) if schedule else [],
        cost=contact.cost,
    )

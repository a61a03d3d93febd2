"""Contacts as the desk lists them: what readers see at this moment, and what is owed to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from backend.clock import paris_day
from backend.offline.desk.pages import ContactLine, OrganisationGroup
from backend.offline.desk.reading import Desk
from backend.permanences.cards import card, value_words
from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.hours_preview import now_words
from backend.permanences.organisation import Organisation
from backend.words import day_words

SOON = timedelta(30)


def is_due_soon(by: date, day: date) -> bool:
    """Whether what is good until `by` is worth a look on `day`."""
    return by - SOON <= day


def contact_line(desk: Desk, contact: Contact, moment: datetime) -> ContactLine:
    day = paris_day(moment)
    organisation = desk.organisation(contact.organisation)
    shown = card(contact, organisation, day)
    gone = _is_gone(contact, organisation, day)
    return ContactLine(
        id=contact.id,
        href=f"/equipe/contacts/{contact.id}/",
        label=contact.label,
        value_words=value_words(contact) if contact.value else None,
        now=_now(desk, contact.id, moment),
        status=shown.status,
        badge_tone=shown.badge_tone,
        status_words=shown.status_words,
        checked_words=shown.checked_words.rstrip("."),  # a sentence goes on after it
        confirm_by=day_words(contact.confirm_by),
        late=not gone and is_due_soon(contact.confirm_by, day),
        pending=desk.is_pending("contact", contact.id),
        emergency=contact.emergency,
        # Taken back in a draft, it still rings for readers until a second person has seen that.
        closable=contact.schedule is not None and (not gone or _answers(desk, contact.id, day)),
        confirmable=not gone,
    )


def _now(desk: Desk, id_: str, moment: datetime) -> str:
    """Of what is published: what is taken back in a draft still answers for readers."""
    published = desk.published_contact(id_)
    if published is None:
        return "pas encore publié"
    if not _answers(desk, id_, paris_day(moment)):
        return "ne répond plus"
    return (
        now_words(published.schedule, moment) if published.schedule else published.said_hours or "horaires à vérifier"
    )


def _answers(desk: Desk, id_: str, day: date) -> bool:
    """Whether readers are told that it can be reached."""
    published = desk.published_contact(id_)
    return published is not None and not _is_gone(published, desk.published_organisation(published.organisation), day)


def _is_gone(contact: Contact, organisation: Organisation, day: date) -> bool:
    return contact.withdrawn is not None or status(contact, organisation, day) == "closed"


def groups(desk: Desk, organisations: Iterable[Organisation], moment: datetime) -> tuple[OrganisationGroup, ...]:
    """By organisation, in the order of the pack; closed ones last."""
    return tuple(
        OrganisationGroup(
            organisation.id,
            organisation.name,
            organisation.closed_on is not None,
            tuple(contact_line(desk, contact, moment) for contact in desk.contacts_of(organisation.id)),
        )
        for organisation in sorted(organisations, key=lambda found: found.closed_on is not None)
    )

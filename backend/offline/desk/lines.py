"""Contacts as the desk lists them: what readers see at this moment, and what is owed to them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from backend.clock import paris_day
from backend.offline.desk.pages import ContactLine, OrganisationGroup
from backend.offline.desk.reading import Desk
from backend.permanences.cards import card, value_words
from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.hours_preview import now_words
from backend.permanences.organisation import Organisation
from backend.words import day_words

# So long before « confirm by », a contact is worth a look.
SOON = timedelta(30)


def contact_line(desk: Desk, contact: Contact, moment: datetime) -> ContactLine:
    day = paris_day(moment)
    organisation = desk.organisation(contact.organisation)
    shown = card(contact, organisation, day)
    gone = status(contact, organisation, day) == "closed" or contact.withdrawn is not None
    return ContactLine(
        id=contact.id,
        href=f"/equipe/contacts/{contact.id}/",
        label=contact.label,
        value_words=value_words(contact) if contact.value else None,
        now=_now(desk, contact.id, moment),
        status=shown.status,
        badge_tone=shown.badge_tone,
        status_words=shown.status_words,
        checked_words=shown.checked_words,
        confirm_by=day_words(contact.confirm_by),
        late=not gone and contact.confirm_by - SOON <= day,
        pending=desk.is_pending("contact", contact.id),
        emergency=contact.emergency,
        closable=contact.schedule is not None and not gone,
        confirmable=not gone,
    )


def _now(desk: Desk, id_: str, moment: datetime) -> str:
    """Of what is published: what is taken back in a draft still answers for readers."""
    published = desk.published_contact(id_)
    if published is None:
        return "pas encore publié"
    organisation = desk.published_organisation(published.organisation)
    if published.withdrawn or status(published, organisation, paris_day(moment)) == "closed":
        return "ne répond plus"
    return (
        now_words(published.schedule, moment) if published.schedule else published.said_hours or "horaires à vérifier"
    )


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

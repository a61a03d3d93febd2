"""Contacts and organisations as programs read them. Freshness and intervals are those of the day given."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any

from backend.permanences.compile import compile_schedule, contract_intervals
from backend.permanences.contact import Contact
from backend.permanences.freshness import status
from backend.permanences.opening import state_at
from backend.permanences.organisation import Organisation
from backend.permanences.schedule import Schedule, schedule_json


def contact_json(contact: Contact, organisation: Organisation, day: date) -> dict[str, Any]:
    """The contract's « contact in JSON ». Nothing to call is left of one closed or withdrawn."""
    state = status(contact, organisation, day)
    schedule = living_schedule(contact, organisation, day)
    return {
        "id": contact.id,
        "organisation": contact.organisation,
        "kind": contact.kind,
        "value": None if state in ("closed", "withdrawn") else contact.value,
        "label": contact.label,
        "status": state,
        "confirmed_on": contact.confirmed_on.isoformat() if contact.confirmed_on else None,
        "confirm_by": contact.confirm_by.isoformat(),
        "source": {"title": contact.source.title, "url": contact.source.url, "date": contact.source.date},
        "cost": contact.cost,
        "languages": list(contact.languages),
        "audience": contact.audience,
        "schedule": schedule_json(schedule) if schedule else None,
        "hours_text": None if state == "closed" else contact.hours_text,
        "intervals": contract_intervals(compile_schedule(schedule, day)) if schedule else [],
        "successors": list(organisation.successors) if state == "closed" else [],
    }


def organisation_json(organisation: Organisation, contacts: Iterable[Contact], day: date) -> dict[str, Any]:
    """A closed organisation keeps its name, and says who takes over: its site and address lead nowhere."""
    closed = organisation.closed_on is not None and organisation.closed_on <= day
    return {
        "id": organisation.id,
        "name": organisation.name,
        "scope": organisation.scope,
        "website": None if closed else organisation.website,
        "address": None if closed else organisation.address,
        "about": organisation.about,
        "closed_on": organisation.closed_on.isoformat() if organisation.closed_on else None,
        "contacts": [contact.id for contact in contacts],
        "successors": list(organisation.successors) if closed else [],
    }


def standing_json(id_: str, schedule: Schedule | None, moment: datetime) -> dict[str, Any]:
    """Whether one answers at that moment, from its schedule alone."""
    standing = state_at(schedule, moment)
    return {"id": id_, "state": standing.state, "until": utc_text(standing.until), "next": utc_text(standing.next)}


def living_schedule(contact: Contact, organisation: Organisation, day: date) -> Schedule | None:
    """A closed organisation has no hours any more, whatever was once written."""
    return None if status(contact, organisation, day) == "closed" else contact.schedule


def utc_text(moment: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the second: 2026-11-23T16:00:00Z."""
    return moment.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z" if moment else None

"""How far a contact can be trusted on a given day. Pure rules: the device applies the same ones."""

from __future__ import annotations

from datetime import date, timedelta

from backend.permanences.contact import Contact
from backend.permanences.organisation import Organisation

STATUSES = ("confirmed", "to_confirm", "stale", "withdrawn", "closed")
# After « confirm by »: so many days shown as to confirm, then as stale, then withdrawn from lists.
TO_CONFIRM_DAYS = 90
STALE_DAYS = 365


def status(contact: Contact, organisation: Organisation, day: date) -> str:
    """One of STATUSES. A contact never confirmed starts at « to confirm »."""
    if organisation.closed_on and organisation.closed_on <= day:
        return "closed"
    if contact.withdrawn:
        return "withdrawn"
    late = day - contact.confirm_by
    if late <= timedelta(0):
        return "confirmed" if contact.confirmed_on else "to_confirm"
    if late <= timedelta(TO_CONFIRM_DAYS):
        return "to_confirm"
    return "stale" if late <= timedelta(STALE_DAYS) else "withdrawn"

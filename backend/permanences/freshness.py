"""How far a contact can be trusted on a given day. Pure rules: the device applies the same ones."""

from __future__ import annotations

from datetime import date, timedelta

from backend.permanences.contact import Contact
from backend.permanences.organisation import Organisation

STATUSES = ("confirmed", "to_confirm", "stale", "withdrawn", "closed")
# After « confirm by »: so many days shown as to confirm, then as stale, then withdrawn from lists.
TO_CONFIRM_DAYS = 90
STALE_DAYS = 365
A_DECADE = timedelta(3_653)  # what is to be confirmed at the calendar's very end is not counted


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


def days_before_stale(contact: Contact, day: date, most: int) -> int:
    """How many of the days from `day` on, of `most`, come before the hours are stale."""
    return max(0, min(most, (contact.confirm_by - day).days + TO_CONFIRM_DAYS + 1))


def next_change(contact: Contact, organisation: Organisation, day: date) -> tuple[date, str] | None:
    """The first day on which the status will be another, and which; None where time changes nothing more."""
    closes = organisation.closed_on
    if closes and closes <= day:
        return None
    ageing = () if contact.withdrawn else (0, TO_CONFIRM_DAYS, STALE_DAYS)
    turns = [contact.confirm_by + timedelta(late + 1) for late in ageing if contact.confirm_by <= date.max - A_DECADE]
    now = status(contact, organisation, day)
    for turn in sorted([*turns, closes] if closes else turns):
        if turn > day and (then := status(contact, organisation, turn)) != now:
            return turn, then
    return None

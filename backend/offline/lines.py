"""Which lines may be named on a day: beside a contact that is not sure, on the home page, offline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from backend.offline.emergency import LINES
from backend.offline.pages import EmergencyLine
from backend.permanences.calendar import ALL_DAY
from backend.permanences.cards import Card
from backend.permanences.contact import Contact
from backend.permanences.week_words import slots_words, usual_lines

# Lines that answer most situations, shown on the home page in this order.
FIRST_LINES = ("3018", "116006", "3919", "119")
FIRST_TWO = FIRST_LINES[:2]  # one for the young and their parents, one for everybody
DESPAIR = "3114"


def is_listed(item: Card) -> bool:
    """Whether lists show it: what nobody answers at any more keeps a page, and leaves them."""
    return item.status not in ("closed", "withdrawn")


def summary(item: Card) -> str:
    """What a list of answers says of it, where no badge does."""
    if item.status == "closed":
        return "Cet organisme a fermé. Sa page dit vers qui se tourner."
    if item.status == "confirmed" or item.status_words.lower() in item.purpose.lower():
        return item.purpose
    return f"{item.purpose.rstrip('.')}. {item.status_words}."


def first_lines(cards: Mapping[str, Card]) -> tuple[Card, ...]:
    return tuple(cards[id_] for id_ in FIRST_LINES if id_ in cards and is_listed(cards[id_]))


def sure_cards(cards: Mapping[str, Card], contact: Contact) -> tuple[Card, ...]:
    """What to show beside a contact while it is not confirmed: the lines it names, as far as they are; else one that
    answers most."""
    named = [cards[id_] for id_ in contact.beside if cards[id_].status == "confirmed"]
    others = (item for item in first_lines(cards) if item.id != contact.id and item.status == "confirmed")
    return tuple(named or list(others)[:1])


def shell_lines(cards: Mapping[str, Card], contacts: Mapping[str, Contact]) -> Iterator[EmergencyLine]:
    """The shell's numbers as an edition knows them: with the hours of its contacts, and without what is gone."""
    for line in LINES:
        if line.number not in cards:
            yield line
        elif is_listed(cards[line.number]):
            yield replace(line, hours=_hours(contacts[line.number]) or line.hours)


def _hours(contact: Contact) -> str | None:
    """« tous les jours, de 9 h à 23 h », « 24 h/24 »: after a name, in few words."""
    if contact.schedule is None:
        return contact.said_hours
    if contact.schedule.always:
        return slots_words(ALL_DAY)
    words = ". ".join(usual_lines(contact.schedule))
    return words[:1].lower() + words[1:]

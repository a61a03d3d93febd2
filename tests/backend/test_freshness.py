"""Nothing dead is ever shown as live: what a contact is called as the days go by."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from backend.permanences.contact import Contact, Provenance
from backend.permanences.freshness import STATUSES, status
from backend.permanences.organisation import Organisation

ASSOCIATION = Organisation("a", "A", "local", None, None, None, (), None)
CONTACT = Contact(
    id="a",
    organisation="a",
    kind="phone",
    emergency=False,
    value="0130303030",
    label="A",
    purpose="",
    schedule=None,
    said_hours=None,
    cost=None,
    languages=(),
    audience=None,
    publics=(),
    expect=None,
    confirmed_on=date(2026, 11, 22),
    confirm_by=date(2027, 5, 22),
    confidence="high",
    source=Provenance("s", None, None),
    withdrawn=None,
    beside=(),
    note=None,
    keywords=(),
)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2027, 5, 22), "confirmed"),
        (date(2027, 5, 23), "to_confirm"),
        (date(2027, 8, 20), "to_confirm"),
        (date(2027, 8, 21), "stale"),
        (date(2028, 5, 21), "stale"),
        (date(2028, 5, 22), "withdrawn"),
        (date(2036, 1, 1), "withdrawn"),
    ],
)
def test_a_contact_ages(day: date, expected: str) -> None:
    assert status(CONTACT, ASSOCIATION, day) == expected
    assert expected in STATUSES


def test_a_contact_never_confirmed_is_never_called_confirmed() -> None:
    assert status(replace(CONTACT, confirmed_on=None), ASSOCIATION, date(2026, 11, 23)) == "to_confirm"


def test_a_closed_organisation_is_closed_whatever_its_contact_says() -> None:
    closed = replace(ASSOCIATION, closed_on=date(2023, 11, 24))
    assert status(CONTACT, closed, date(2026, 11, 23)) == "closed"
    assert status(CONTACT, closed, date(2023, 11, 23)) != "closed"


def test_a_withdrawn_contact_stays_withdrawn() -> None:
    assert status(replace(CONTACT, withdrawn="raison"), ASSOCIATION, date(2026, 11, 23)) == "withdrawn"

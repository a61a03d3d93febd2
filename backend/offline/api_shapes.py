"""The public JSON as types: `/schema` is made from them, and tests compare real answers with it."""

from __future__ import annotations

from typing import Annotated, Literal, TypedDict

from litestar.openapi.spec import Example
from litestar.params import Parameter

Day = Annotated[str, Parameter(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=[Example(value="2026-11-23")])]
Moment = Annotated[str, Parameter(description="RFC 3339, UTC", examples=[Example(value="2026-11-23T16:00:00Z")])]
Slots = Annotated[
    list[list[str]],
    Parameter(description="Start and end on the clock of Paris; above 24:00 is the next morning: [[“22:00”, “26:00”]]"),
]
Status = Literal["confirmed", "to_confirm", "stale", "withdrawn", "closed"]


class Week(TypedDict, total=False):
    """Slots by the day they start on; a day left out has none."""

    mo: Slots
    tu: Slots
    we: Slots
    th: Slots
    fr: Slots
    sa: Slots
    su: Slots


Season = TypedDict("Season", {"from": Day, "until": Day, "weekly": Week})
DatedException = TypedDict("DatedException", {"from": Day, "until": Day, "slots": Slots, "reason": "str | None"})


class AlwaysOpen(TypedDict):
    """24 h/24, but for the exceptions."""

    always: Literal[True]
    exceptions: list[DatedException]
    note: str | None


class WeeklySchedule(TypedDict):
    """Precedence: exception, public holiday, season, school holiday (zone C), weekly."""

    always: Literal[False]
    weekly: Week
    seasons: list[Season]
    exceptions: list[DatedException]
    public_holidays: Literal["closed", "as_usual"] | Slots
    school_holidays: Literal["as_usual", "closed"] | Week
    by_appointment: bool
    note: str | None


class Provenance(TypedDict):
    title: str
    url: str | None
    date: Annotated[str | None, Parameter(description="A day, a month or a year, as the source gives it")]


class Contact(TypedDict):
    """One way to reach an organisation. `status` says whether it can be trusted today: show nothing else as live
    than `confirmed`."""

    id: str
    organisation: str
    kind: Literal["phone", "sms", "chat", "email", "visit", "web"]
    value: Annotated[str | None, Parameter(description="Null once closed or withdrawn: nothing to call any more")]
    label: str
    status: Status
    confirmed_on: Day | None
    confirm_by: Day
    source: Provenance
    cost: str | None
    languages: list[str]
    audience: str | None
    schedule: Annotated[AlwaysOpen | WeeklySchedule | None, Parameter(description="Null: no hours are known")]
    hours_text: Annotated[str | None, Parameter(description="The same in French, for people")]
    intervals: Annotated[
        list[tuple[int, int, Literal["open", "appointment"]]],
        Parameter(description="The next 12 weeks: start in minutes since the epoch (UTC), length in minutes, state"),
    ]
    successors: Annotated[list[str], Parameter(description="Contacts to turn to once the organisation has closed")]


class Contacts(TypedDict):
    contacts: list[Contact]


class Organisation(TypedDict):
    """Who answers. `closed_on` in the past: its contacts are dead, `successors` take over."""

    id: str
    name: str
    scope: Literal["national", "local"]
    website: str | None
    address: str | None
    about: str | None
    closed_on: Day | None
    contacts: list[str]
    successors: list[str]


class Organisations(TypedDict):
    organisations: list[Organisation]


class Standing(TypedDict):
    id: str
    state: Annotated[
        Literal["open", "appointment", "closed", "unknown"],
        Parameter(description="From the schedule alone; unknown: no schedule. See `status` for freshness"),
    ]
    until: Annotated[Moment | None, Parameter(description="When the state ends; null: never, or unknown")]
    next: Annotated[Moment | None, Parameter(description="The next opening after this one; null: none")]


class Open(TypedDict):
    at: Moment
    contacts: list[Standing]


class Key(TypedDict, total=False):
    kty: str
    crv: str
    x: str
    y: str
    kid: Annotated[str, Parameter(description="The manifest's `key`")]


class Keys(TypedDict):
    """A JWK set (RFC 7517)."""

    keys: list[Key]


class Manifest(TypedDict):
    """`signature` is ECDSA P-256 with SHA-256 over the exact bytes of `signed`, itself JSON text."""

    signed: str
    key: str
    signature: Annotated[str, Parameter(description="base64url of r||s")]

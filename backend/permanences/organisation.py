"""An organisation: who answers. May be closed, with successors."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.fields import read_id, read_web_address
from backend.records import Record

SCOPES = ("national", "local")


@dataclass(frozen=True)
class Organisation:
    id: str
    name: str
    scope: str
    website: str | None
    address: str | None
    closed_on: date | None
    successors: tuple[str, ...]  # contact ids
    about: str | None


def read_organisation(record: Record) -> Organisation:
    organisation = Organisation(
        id=read_id(record),
        name=record.text("name", 120),
        scope=record.choice("scope", SCOPES),
        website=read_web_address(record, "website"),
        address=record.optional_text("address", 300),
        closed_on=record.optional_day("closed_on"),
        successors=record.texts("successors"),
        about=record.optional_text("about", 600),
    )
    if organisation.closed_on and not organisation.successors:
        record.fault("successors", "un organisme fermé indique vers qui se tourner")
    record.finish()
    return organisation

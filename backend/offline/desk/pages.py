"""What each template of the desk receives; undefined names are refused there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup

from backend.guidance.guide_form import LineFault
from backend.offline.desk.change_words import Side
from backend.offline.pages import Door
from backend.permanences.hours_form import HoursForm
from backend.permanences.hours_preview import HoursPreview

Faults = dict[str, str]


@dataclass(frozen=True)
class ContactLine:
    """A contact in a list: who, how, what readers see now, how sure we are."""

    id: str
    href: str
    label: str
    value_words: str | None
    now: str
    status: str
    badge_tone: str
    status_words: str
    checked_words: str
    confirm_by: str
    late: bool
    pending: bool
    emergency: bool
    closable: bool
    confirmable: bool


@dataclass(frozen=True)
class OrganisationGroup:
    id: str
    name: str
    closed: bool
    contacts: tuple[ContactLine, ...]


@dataclass(frozen=True)
class DeskContactsPage:
    groups: tuple[OrganisationGroup, ...]
    creates: bool  # may add organisations
    done: str | None = None


@dataclass(frozen=True)
class DeskContactPage:
    contact: ContactLine
    organisation: str
    week: list[str]
    coming: list[str]
    doors: tuple[Door, ...]
    rest: tuple[Door, ...]
    revision: int
    done: str | None = None


@dataclass(frozen=True)
class Conflict:
    """What somebody else wrote meanwhile, field by field beside what comes now, with the revision it made."""

    revision: int
    sides: tuple[Side, ...]
    gone: bool = False  # it was taken away


@dataclass(frozen=True)
class ClosingPage:
    contact: ContactLine
    title: str
    days: str | None  # those days, in words
    fixed: bool  # the days were chosen by a button: nothing to type
    fields: dict[str, str]
    revision: int
    preview: HoursPreview | None
    kept: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    followers: str = ""  # how many follow this contact, in words
    silent: bool = False  # they are not told
    faults: Faults = field(default_factory=dict)
    conflict: Conflict | None = None


@dataclass(frozen=True)
class HoursPage:
    contact: ContactLine
    form: HoursForm
    revision: int
    preview: HoursPreview | None
    reader: Markup | None
    focus: str = ""  # the field an action has just made
    asked: bool = False  # saving was asked for: warnings wait for their tick
    seen: bool = False  # they were read and ticked
    followers: str = ""  # how many follow this contact, in words
    silent: bool = False  # they are not told
    faults: Faults = field(default_factory=dict)
    conflict: Conflict | None = None


@dataclass(frozen=True)
class FormPage:
    """A plain form: its fields as typed, its faults, what there is to choose among."""

    title: str
    fields: dict[str, str]
    revision: int
    back: str
    options: dict[str, Any]
    preview: Markup | None = None
    number: str | None = None  # the number as readers will see it
    checked_by_another: tuple[str, ...] = ()
    faults: Faults = field(default_factory=dict)
    lines: tuple[LineFault, ...] = ()
    conflict: Conflict | None = None

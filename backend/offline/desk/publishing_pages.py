"""What the publishing screens show."""

from __future__ import annotations

from dataclasses import dataclass, field

from backend.offline.comparing import Comparison
from backend.offline.desk.change_words import Side


@dataclass(frozen=True)
class ToldChange:
    """A change in words. `waits`: for whom or what, in a sentence; None where it can go out."""

    name: str  # of its box in the form
    kind: str
    title: str
    written: str  # by whom, when
    href: str | None  # where it is edited
    versions: str | None
    sides: tuple[Side, ...]
    hours: tuple[str, ...]
    waits: str | None = None
    review: str | None = None  # where it is approved
    chosen: bool = True


@dataclass(frozen=True)
class ToldNotice:
    contact: str
    followers: str
    words: str
    leaves: str | None  # where somebody is told


@dataclass(frozen=True)
class PublishingPage:
    ready: tuple[ToldChange, ...]
    waiting: tuple[ToldChange, ...]
    others: int  # changes that are not this person's
    notices: tuple[ToldNotice, ...]
    mark: str
    message: str = ""
    silent: bool = False
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ComparedRisk:
    name: str
    old: str | None
    new: str | None
    comparison: Comparison
    calls: tuple[str, ...]  # numbers that were not there: each is called before it is approved


@dataclass(frozen=True)
class ReviewPage:
    change: ToldChange
    action: str
    risks: tuple[ComparedRisk, ...]
    old: str
    new: str
    numbers: int  # that are to be called
    refused: str | None  # why this person cannot approve
    faults: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ReviewsPage:
    waiting: tuple[ToldChange, ...]
    done: str | None = None


@dataclass(frozen=True)
class EditionLine:
    number: int
    href: str
    issued: str
    message: str


@dataclass(frozen=True)
class EditionsPage:
    editions: tuple[EditionLine, ...]


@dataclass(frozen=True)
class NoticeProgress:
    contact: str
    done: int
    total: int
    words: str


@dataclass(frozen=True)
class ProgressView:
    number: int
    notices: tuple[NoticeProgress, ...]
    moving: bool  # ask again in a while


@dataclass(frozen=True)
class EditionPage:
    edition: EditionLine
    changes: tuple[ToldChange, ...]
    progress: ProgressView
    undo: str | None  # address
    back: str | None  # address of the return to this edition
    done: str | None = None
    review: str | None = None  # where what it holds back is approved


@dataclass(frozen=True)
class ReturnPage:
    """Confirming an undo, or a return to an earlier edition."""

    title: str
    action: str
    edition: EditionLine
    changes: tuple[ToldChange, ...]
    held: tuple[ToldChange, ...]  # what will wait for a second person
    mark: str
    fault: str | None = None


@dataclass(frozen=True)
class VersionLine:
    number: int
    written: str
    sides: tuple[Side, ...]
    hours: tuple[str, ...]
    current: bool
    published: bool


@dataclass(frozen=True)
class VersionsPage:
    title: str
    action: str
    revision: int
    versions: tuple[VersionLine, ...]
    fault: str | None = None
    done: str | None = None

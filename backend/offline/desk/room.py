"""What every route of the desk works with: the database, the clock, the frame around a page, and saving."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from litestar import Request, Response
from litestar.response import Redirect
from sqlalchemy import Engine

from backend.clock import paris_day
from backend.notices.announce import count_followers
from backend.offline.choosing import part_of
from backend.offline.desk.change_words import conflict_sides
from backend.offline.desk.deciding import titles
from backend.offline.desk.pages import ClosingPage, Conflict, FormPage, HoursPage
from backend.offline.desk.reading import Desk, read_desk
from backend.offline.publish import publish_drafts
from backend.offline.revisions import ConflictError, draft_revision, save_draft
from backend.offline.selection import CONFIRMATION, HOURS
from backend.offline.signing import load_key
from backend.records import ContentError
from backend.settings import Settings
from backend.staff.policy import Person
from backend.storage.documents import Document
from backend.storage.engine import reading, writing
from backend.storage.revisions import Revision, Writing, every_id

REFUSED = 422  # a form that comes back with its faults
Asked = Request[Any, Any, Any]
Posted = dict[str, str]
Draft = tuple[str, str, str]  # kind, id, body
Page = TypeVar("Page", ClosingPage, FormPage, HoursPage)


@dataclass(frozen=True)
class Saved:
    """How saving went: kept, or why not, with nothing lost."""

    conflict: Conflict | None = None
    faults: dict[str, str] | None = None

    @property
    def done(self) -> bool:
        return self.conflict is None and not self.faults

    def on(self, page: Page) -> Page:
        """The page that was sent, with what kept it from being saved."""
        return replace(page, conflict=self.conflict, faults=self.faults or {})


@dataclass(frozen=True)
class Room:
    """`show` renders a template in the staff's frame, with a status."""

    engine: Engine
    settings: Settings
    now: Callable[[], datetime]
    show: Callable[[Asked, str, Any, int], Response[Any]]

    def desk(self) -> Desk:
        with reading(self.engine).connect() as connection:
            return read_desk(connection)

    def desk_at(self, kind: str, id_: str) -> tuple[Desk, int]:
        """With the revision of one document at that very moment: a form must not be based on what it does not show."""
        with reading(self.engine).connect() as connection:
            return read_desk(connection), draft_revision(connection, kind, id_)

    def every_id(self, kind: str) -> set[str]:
        """Those taken away too: somebody may still follow them, or come by an old link."""
        with self.engine.connect() as connection:
            return every_id(connection, kind)

    def save(
        self, person: Person, based_on: int, draft: Draft, others: Callable[[Desk], list[Draft]] | None = None
    ) -> Saved:
        """Keep a draft; `based_on` is its revision that the form showed. `others`: what follows in other drafts, as
        they stand at that very moment. All are kept or none."""
        try:
            with writing(self.engine).begin() as connection:
                for kind, id_, body in others(read_desk(connection)) if others else ():
                    now = draft_revision(connection, kind, id_)
                    save_draft(connection, kind, id_, body, person.id, now, self.now())
                save_draft(connection, *draft, person.id, based_on, self.now())
        except ConflictError as error:
            return Saved(conflict=self._conflict(error.theirs, draft))
        except ContentError as error:
            return Saved(faults={"": " ; ".join(fault.message for fault in error.faults)})
        return Saved()

    def _conflict(self, theirs: Revision, draft: Draft) -> Conflict:
        if theirs.body is None:
            return Conflict(theirs.number, (), gone=True)
        with reading(self.engine).connect() as connection:
            called = titles(connection)
        written = Document(theirs.kind, theirs.id, theirs.body)
        found = conflict_sides(written, Document(*draft), called, paris_day(self.now()))
        return Conflict(theirs.number, tuple(found))

    def followers(self, contact: str) -> int:
        """How many are told when its hours change."""
        with self.engine.connect() as connection:
            return count_followers(connection, [contact]).get(contact, 0)

    def publish_hours(self, person: Person, id_: str, message: str, silent: bool) -> bool:
        """The hours of one contact alone go out, whatever else is being written; `silent`: followers are not told.
        False where they have to wait."""
        return self._publish(person, id_, message, HOURS, silent)

    def publish_confirmation(self, person: Person, id_: str, message: str) -> bool:
        """The day on which a contact was found exact, alone. False where it has to wait."""
        return self._publish(person, id_, message, CONFIRMATION, silent=True)

    def _publish(self, person: Person, id_: str, message: str, fields: Collection[str], silent: bool) -> bool:
        key = load_key(self.settings.keys_dir)
        with writing(self.engine).begin() as connection:
            part = part_of(connection, ("contact", id_), fields)
            if part.new:
                publish_drafts(
                    connection,
                    key,
                    self.settings.exit_url,
                    Writing(person.id, self.now()),
                    message,
                    only=[("contact", id_)],
                    fields=fields,
                    tell=None if silent else self.settings.public_url,
                )
        return not part.held


def go(request: Asked, address: str) -> Response[Any]:
    """On to another page; htmx, which asked for a part of this one, is told to leave it."""
    if request.headers.get("hx-request"):
        return Response(None, status_code=200, headers={"HX-Redirect": address})
    return Redirect(address, status_code=303)


def asked_revision(posted: Posted) -> int:
    """What the form was based on; what is no number is based on nothing."""
    text = posted.get("revision", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0

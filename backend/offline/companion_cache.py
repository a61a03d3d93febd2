"""The companions of the edition that is served, kept ready for the day."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

from litestar.exceptions import ServiceUnavailableException
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from backend import clock
from backend.offline.answers import Answer, plain_answer
from backend.offline.companions import Companion, Directory, companion, open_body, read_directory
from backend.offline.editions import issued_on, load_drafts
from backend.permanences.freshness import status
from backend.records import ContentError


class Companions:
    """Answers by address, made at first use in one thread: reading pages never waits for them.

    The content is read again when another edition is served; with the database away, what is known goes on.
    """

    def __init__(self, engine: Engine, public_url: str, served: Callable[[], int]) -> None:
        self._engine = engine
        self._public_url = public_url
        self._served = served
        self._edition = 0
        self._directory: Directory | None = None
        self._day = date.min
        self._followable: tuple[tuple[int, date], frozenset[str]] = (0, date.min), frozenset()
        self._answers: dict[str, Answer] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="companions")

    async def answer(self, url: str) -> Answer | None:
        """What that address says today; None where there is nothing.

        Raises ServiceUnavailableException where the content cannot be read.
        """
        if self._is_current() and (known := self._answers.get(url)) is not None:
            return known
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._make, url)

    async def open_at(self, moment: datetime) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._open, moment)

    def followable(self) -> frozenset[str]:
        """Ids of the contacts of the served edition that have not closed; blocks, so it is not for the event loop."""
        now, (then, ids) = (self._served(), clock.paris_day(clock.now())), self._followable
        return ids if now == then else self._thread.submit(self._list_followable, now).result()

    def _list_followable(self, now: tuple[int, date]) -> frozenset[str]:
        directory = self._current()
        ids = frozenset(
            id_
            for id_, contact in directory.contacts.items()
            if status(contact, directory.organisation_of(contact), now[1]) != "closed"
        )
        self._followable = now, ids
        return ids

    def _is_current(self) -> bool:
        return self._edition == self._served() and self._day == clock.paris_day(clock.now())

    def _make(self, url: str) -> Answer | None:
        directory = self._current()
        found = companion(directory, url, self._day)
        if found is None:
            return None
        self._answers[url] = _ready(found)
        return self._answers[url]

    def _open(self, moment: datetime) -> Answer:
        return _ready(open_body(self._current(), moment, self._day))

    def _current(self) -> Directory:
        """The content of the served edition; forgets what was made for another edition or day."""
        edition, day = self._served(), clock.paris_day(clock.now())
        if self._directory is None or edition != self._edition:
            self._directory = self._load(edition)
            self._edition, self._answers = edition, {}
        if day != self._day:
            self._day, self._answers = day, {}
        return self._directory

    def _load(self, edition: int) -> Directory:
        try:
            with self._engine.connect() as connection:
                drafts = load_drafts(connection, edition) or []
                return read_directory(drafts, edition, issued_on(connection, edition), self._public_url)
        except (SQLAlchemyError, ContentError) as error:
            raise ServiceUnavailableException from error


def _ready(found: Companion) -> Answer:
    return plain_answer(found.body, found.type, status=found.status, file=found.file)

"""How a push service fares, answer after answer: when to slow down, to let it rest, to stop. Pure."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field

from backend.notices.outcomes import FAULTS_THAT_REST, REFUSALS_THAT_STOP, Answer, Outcome, outcome

WIDEST = 128
FIRST_REST_SECONDS = 30
LONGEST_REST_SECONDS = 600
# No service is believed that would silence us for longer.
LONGEST_ASKED_SECONDS = 6 * 3_600


@dataclass(frozen=True)
class Refusal:
    """A notice refused, and counted so."""

    notice: str
    lane: int
    subscription: int
    attempts: int


@dataclass
class ServiceState:
    """`width`: how many messages may be under way. It begins narrow, so that a service that refuses us is not asked a
    hundred times, and widens with each success.

    Shared by the threads that send there: notices, and echoes beside them."""

    refusals: int = 0
    echoes_refused: int = 0
    faults: int = 0
    asked_until: int = 0  # the service asked for it: nothing is sent
    tired_until: int = 0  # the network failed too often: nobody new is sent to, those who wait are tried again
    stopped: int | None = None
    reason: str = ""
    width: int = REFUSALS_THAT_STOP
    noted: bool = True  # the database may know of some trouble
    learnt: int = 0  # how often there was some trouble to write down
    written: int = 0  # how much of that the database knows
    _doubtful: list[Refusal] = field(default_factory=list)  # counted, of the present row of refusals
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def hear(self, answer: Answer, moment: int, echo: bool = False) -> Outcome:
        """Learn from one answer; what it means for its message.

        An echo that is refused stops nothing: whoever asks for some with an address of their own making could silence a
        service for all. Several in a row are told. Nor does one to nobody (404) end a row of refusals: anybody can ask
        for that too, and those who follow would be given up one after the other.
        """
        found = outcome(answer)
        with self._lock:
            if found is Outcome.GONE and echo:
                self.faults = self.tired_until = 0
            elif found in (Outcome.DELIVERED, Outcome.GONE):
                self.refusals = self.echoes_refused = self.faults = self.tired_until = 0
                self.width = min(WIDEST, self.width + 1)
            elif found is Outcome.REFUSED and echo:
                self._refused_echo(answer)
            elif found is Outcome.REFUSED:
                self._refused(answer, moment)
            elif answer.is_fault:
                self._failed(moment)
            else:
                self._is_there(answer, moment)
        return found

    def doubt(self, refused: Sequence[Refusal]) -> list[Refusal]:
        """Remember those just counted that are of the present row: a success may have begun another. Once the service
        is stopped, they were no fault of theirs: returns them, to one who asks alone."""
        with self._lock:
            self._doubtful = [*self._doubtful, *refused][-self.refusals :] if self.refusals else []
            if self.stopped is None:
                return []
            found, self._doubtful = self._doubtful, []
            return found

    def _is_there(self, answer: Answer, moment: int) -> None:
        """The network is well, the service busy."""
        self.faults = 0
        if answer.status in (429, 503) and answer.retry_after:
            # `moment` is a whole second, which may have begun a second ago: never sooner than asked.
            until = moment + 1 + min(answer.retry_after, LONGEST_ASKED_SECONDS)
            self.asked_until = max(self.asked_until, until)
            self.learnt += 1

    @property
    def unwritten(self) -> bool:
        return self.learnt > self.written

    def standing(self) -> ServiceState:
        """As it is at this moment, to be written down; once it is, `keep` says so."""
        with self._lock:
            return copy(self)

    def keep(self, written: int) -> None:
        """The database knows what had been learnt when that was `learnt`."""
        with self._lock:
            self.written = max(self.written, min(written, self.learnt))

    def begin(self, learnt: int) -> None:
        """It was available a moment ago, as the database says: another worker, or the operator, may know better. Not
        of what another thread has learnt since the database was asked (`learnt` is from before), or not written yet."""
        with self._lock:
            if self.unwritten or self.learnt != learnt:
                return
            self.asked_until = self.tired_until = 0
            if self.stopped is not None:  # resumed: one more refusal is no row of them
                self.refusals, self.width = 0, REFUSALS_THAT_STOP
            self.stopped = None

    @property
    def rest_until(self) -> int:
        return max(self.asked_until, self.tired_until)

    @property
    def may_go_on(self) -> bool:
        return self.may_retry and self.tired_until == 0

    @property
    def may_retry(self) -> bool:
        return self.stopped is None and self.asked_until == 0

    @property
    def refuses_echoes(self) -> bool:
        return self.echoes_refused >= REFUSALS_THAT_STOP

    def _refused_echo(self, answer: Answer) -> None:
        self.echoes_refused += 1
        if self.refuses_echoes and self.stopped is None:
            self.reason = f"answered {answer.status} to {self.echoes_refused} who subscribe, in a row"
            self.learnt += 1

    def _refused(self, answer: Answer, moment: int) -> None:
        self.refusals += 1
        # Of those under way, no more than may still be refused.
        self.width = max(1, REFUSALS_THAT_STOP - self.refusals)
        if self.refusals >= REFUSALS_THAT_STOP and self.stopped is None:
            self.stopped, self.reason = moment, f"answered {answer.status} {self.refusals} times in a row"
            self.learnt += 1

    def _failed(self, moment: int) -> None:
        self.faults += 1
        self.width = REFUSALS_THAT_STOP
        if self.faults >= FAULTS_THAT_REST:
            times = (self.faults - FAULTS_THAT_REST) // FAULTS_THAT_REST
            self.tired_until = moment + min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2 ** min(times, 8))
            self.learnt += 1

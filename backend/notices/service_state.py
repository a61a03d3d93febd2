"""How a push service fares, answer after answer: when to slow down, to let it rest, to stop. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from backend.notices.outcomes import FAULTS_THAT_REST, REFUSALS_THAT_STOP, Answer, Outcome, outcome

WIDEST = 128
FIRST_REST_SECONDS = 30
LONGEST_REST_SECONDS = 600
# No service is believed that would silence us for longer.
LONGEST_ASKED_SECONDS = 6 * 3_600


@dataclass
class ServiceState:
    """`width`: how many messages may be under way. It begins narrow, so that a service that refuses us is not asked a
    hundred times, and widens with each success."""

    refusals: int = 0
    faults: int = 0
    rest_until: int = 0
    stopped: int | None = None
    reason: str = ""
    width: int = REFUSALS_THAT_STOP
    noted: bool = False  # the database knows of some trouble

    def hear(self, answer: Answer, moment: int) -> Outcome:
        """Learn from one answer; what it means for its message."""
        found = outcome(answer)
        if found in (Outcome.DELIVERED, Outcome.GONE):
            self.refusals = self.faults = 0
            self.width = min(WIDEST, self.width + 1)
        elif found is Outcome.REFUSED:
            self._refused(answer, moment)
        elif answer.is_fault:
            self._failed(moment)
        elif answer.status in (429, 503):
            self._asked_to_wait(answer, moment)
        return found

    def _asked_to_wait(self, answer: Answer, moment: int) -> None:
        if answer.retry_after:
            self.rest_until = max(self.rest_until, moment + min(answer.retry_after, LONGEST_ASKED_SECONDS))

    @property
    def may_go_on(self) -> bool:
        return self.stopped is None and self.rest_until == 0

    def _refused(self, answer: Answer, moment: int) -> None:
        self.refusals += 1
        # Of those under way, no more than may still be refused.
        self.width = max(1, REFUSALS_THAT_STOP - self.refusals)
        if self.refusals >= REFUSALS_THAT_STOP and self.stopped is None:
            self.stopped, self.reason = moment, f"answered {answer.status} {self.refusals} times in a row"

    def _failed(self, moment: int) -> None:
        self.faults += 1
        self.width = REFUSALS_THAT_STOP
        if self.faults >= FAULTS_THAT_REST:
            times = (self.faults - FAULTS_THAT_REST) // FAULTS_THAT_REST
            self.rest_until = moment + min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2 ** min(times, 8))

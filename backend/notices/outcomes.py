"""What an answer of a push service means, and when to try again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from random import Random

# The first retry comes within a minute (contract), though the worker that sees it due has other work; then twice as
# long each time, an hour at most. Spread by less than that doubling: each wait is longer than the one before.
FIRST_WAIT_SECONDS = 20
LONGEST_WAIT_SECONDS = 3_600
MOST_DOUBLINGS = 7
MOST_SPREAD = 1.75
ECHO_SPREAD = (1.1, 1.6)
# So many refusals in a row, and sending to that service stops until somebody has looked.
REFUSALS_THAT_STOP = 3
# So many faults of the network in a row, and a service rests while the others go on.
FAULTS_THAT_REST = 5


class Outcome(StrEnum):
    DELIVERED = "delivered"
    GONE = "gone"  # the browser is no more: its subscription is deleted
    LATER = "later"  # not now: tried again, never past the moment when it matters no more
    REFUSED = "refused"  # our fault: the service understood and does not want it


# What is counted of each lane.
COUNTERS = tuple(found.value for found in Outcome)


@dataclass(frozen=True)
class Answer:
    """`status`: 0 where there was no HTTP answer at all; `retry_after`: how long the service asks us to wait (RFC 9110,
    10.2.3), in seconds; 0 where it does not say, or says what cannot be meant."""

    status: int
    retry_after: int = 0

    @property
    def is_fault(self) -> bool:
        """The network, a proxy or a machine failed; the service itself may be well."""
        return self.status == 0


def outcome(answer: Answer) -> Outcome:
    """RFC 8030, 5 and 8. What is neither a success nor known to be for good is tried again: a wrong guess there costs
    a message more, the other way round it would cost a subscription or a notice."""
    if 200 <= answer.status < 300:
        return Outcome.DELIVERED
    if answer.status in (404, 410):
        return Outcome.GONE
    if answer.status in (400, 401, 403, 413):
        return Outcome.REFUSED
    return Outcome.LATER


def next_try(attempts: int, moment: int, dice: Random) -> int:
    """When to try for the time after `attempts` (1: the first has just failed). Spread, so that those who failed
    together do not come back together."""
    shortest = FIRST_WAIT_SECONDS * 2 ** min(attempts - 1, MOST_DOUBLINGS)
    return moment + int(dice.uniform(shortest, min(LONGEST_WAIT_SECONDS, shortest * MOST_SPREAD)))


def next_echo(asked: int, moment: int, asked_until: int, dice: Random) -> int:
    """When to try again for an echo `asked` for then, which failed at `moment`: after as long as it has waited by now,
    and somewhat more. That doubles the waits, and needs no count of them. No sooner than the service asked for."""
    waited = max(FIRST_WAIT_SECONDS, moment - asked)
    due = moment + int(waited * dice.uniform(*ECHO_SPREAD))
    return max(due, asked_until + int(dice.uniform(0, FIRST_WAIT_SECONDS))) if asked_until else due

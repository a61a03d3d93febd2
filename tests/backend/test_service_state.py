"""What is known of a push service in this process, shared by the threads that send to it."""

from __future__ import annotations

from backend.notices.outcomes import FAULTS_THAT_REST, Answer
from backend.notices.service_state import ServiceState


def test_what_one_thread_has_just_learnt_is_not_forgotten_by_one_that_begins() -> None:
    """Echoes are sent beside notices: what stops or slows the one is written down at the end of its batch."""
    for answer in (Answer(403), Answer(0), Answer(429, 60)):
        state = ServiceState()
        for _ in range(FAULTS_THAT_REST):
            state.hear(answer, 1_000)
        state.begin()
        assert not state.may_go_on
        state.unwritten = False
        state.begin()
        assert state.may_go_on

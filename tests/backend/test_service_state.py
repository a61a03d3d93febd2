"""What is known of a push service in this process, shared by the threads that send to it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, Engine, select

from backend.notices import services_known
from backend.notices.lane import MOST_STATES
from backend.notices.outcomes import FAULTS_THAT_REST, REFUSALS_THAT_STOP, Answer
from backend.notices.service_state import ServiceState
from backend.notices.services_known import forget_quiet, is_among, know, note, unavailable
from backend.notices.tables import push_services
from backend.settings import Settings
from backend.storage.engine import writing
from tests.backend.fan_out import add_followers, open_desk
from tests.push_service import PushService


def test_what_one_thread_has_just_learnt_is_not_forgotten_by_one_that_begins() -> None:
    """Echoes are sent beside notices: what stops or slows the one is written down at the end of its batch."""
    for answer in (Answer(403), Answer(0), Answer(429, 60)):
        state = ServiceState()
        for _ in range(FAULTS_THAT_REST):
            state.hear(answer, 1_000)
        state.begin(state.learnt)
        assert not state.may_go_on
        state.keep(state.learnt)
        state.begin(0)  # learnt, and written down, since the database was asked
        assert not state.may_go_on
        state.begin(state.learnt)
        assert state.may_go_on


@pytest.mark.parametrize("answer", [Answer(403), Answer(429, 60)])
def test_what_is_being_written_down_is_not_forgotten_by_one_that_begins(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, answer: Answer
) -> None:
    """The stop was written as none, or a time asked for as no time, where another thread began at that moment."""
    state, origin = ServiceState(), "https://push.example"
    for _ in range(REFUSALS_THAT_STOP):
        state.hear(answer, 1_000)
    before = state.learnt

    def meanwhile(connection: Connection, origin: str) -> None:
        state.begin(before)
        know(connection, origin)

    monkeypatch.setattr(services_known, "know", meanwhile)
    with writing(engine).begin() as connection:
        known = note(connection, origin, state)
        state.begin(before)  # the others do not see it before the commit
    assert not state.may_go_on
    with engine.connect() as connection:
        assert is_among(connection, origin, unavailable(1_000))
    state.keep(known)
    state.begin(known)
    assert state.may_go_on


def test_echoes_to_nobody_do_not_hide_that_we_are_refused() -> None:
    state = ServiceState()
    for _ in range(REFUSALS_THAT_STOP):
        state.hear(Answer(403), 1_000)
        state.hear(Answer(404), 1_000, echo=True)
    assert state.stopped


def test_hosts_that_a_stranger_invents_fill_nothing(engine: Engine, settings: Settings, service: PushService) -> None:
    """Each question is sent its echo: what is learnt of its push service must not stay for ever."""
    desk = open_desk(settings, engine, service.host)
    desk.state(service.origin).hear(Answer(403), 1_000)
    for number in range(2 * MOST_STATES):
        desk.state(f"https://{number}.example").hear(Answer(0), 1_000)
    assert len(desk.states) <= MOST_STATES
    assert desk.state(service.origin).refusals == 1
    add_followers(desk, "3018", [(service.origin, service.browser("follower"))])
    with writing(engine).begin() as connection:
        note(connection, "https://1.example", desk.state("https://1.example"))
        assert connection.execute(select(push_services)).all() == []
        for origin in (service.origin, "https://2.example"):
            know(connection, origin)
        forget_quiet(connection, 1_000)
        assert connection.execute(select(push_services.c.origin)).scalars().all() == [service.origin]

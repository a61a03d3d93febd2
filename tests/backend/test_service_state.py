"""What is known of a push service in this process, shared by the threads that send to it."""

from __future__ import annotations

from sqlalchemy import Engine, select

from backend.notices.lane import MOST_STATES
from backend.notices.outcomes import FAULTS_THAT_REST, Answer
from backend.notices.service_state import ServiceState
from backend.notices.services_known import forget_quiet, know, note
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
        state.begin()
        assert not state.may_go_on
        state.unwritten = False
        state.begin()
        assert state.may_go_on


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

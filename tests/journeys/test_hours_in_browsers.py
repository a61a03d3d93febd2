"""The phone's own words and rules, in both engines: the same truth table as Python, and random questions besides."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Page

from backend.offline.places import FRONTEND
from backend.permanences.compile import compile_schedule, contract_intervals
from backend.permanences.device_hours import device_hours
from backend.permanences.freshness import status
from backend.permanences.hours_file import hours_file
from backend.permanences.hours_words import sentence, standing
from backend.permanences.paris_time import FIRST_DAY, paris_day_of, utc_minute
from backend.permanences.schedule import FULL_DAY, Schedule
from tests.backend.hours_table import cases, schedules
from tests.backend.random_schedules import random_schedule
from tests.backend.test_freshness import ASSOCIATION, CONTACT
from tests.journeys.firefox import Firefox

pytestmark = pytest.mark.browser

SOURCE = "\n".join((FRONTEND / "scripts" / name).read_text() for name in ("dates.js", "hours.js", "freshness.js"))
ASK_HOURS = f"""const [questions] = [ARGUMENT];
{SOURCE}
return questions.map(([directory, minutes]) => {{
  const hours = hoursOf(JSON.parse(directory), "a");
  return minutes.map((minute) => {{
    const {{ state, until, next }} = standing(hours, minute);
    return [state, until, next, hoursWords(hours, minute)];
  }});
}});"""
ASK_STATUS = f"""const [questions] = [ARGUMENT];
{SOURCE}
return questions.map(([published, confirmBy, day]) => statusOn(published, confirmBy, day));"""
Run = Callable[[str, Any], Any]
Question = tuple[Schedule | None, date, list[int]]


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Firefox]:
    with Firefox(tmp_path_factory.mktemp("firefox")) as running:
        yield running


@pytest.fixture(params=["chromium", "firefox"])
def run(request: pytest.FixtureRequest) -> Run:
    """Runs a script that holds ARGUMENT in an empty page of that browser."""
    if request.param == "firefox":
        firefox: Firefox = request.getfixturevalue("firefox")
        return lambda script, value: firefox.run(script.replace("ARGUMENT", "arguments[0]"), value)
    page: Page = request.getfixturevalue("page")
    return lambda script, value: page.evaluate(f"(value) => {{ {script.replace('ARGUMENT', 'value')} }}", value)


def asked(questions: list[Question]) -> list[Any]:
    return [
        [hours_file({} if schedule is None else {"a": schedule}, first).decode(), minutes]
        for schedule, first, minutes in questions
    ]


def expected(questions: list[Question]) -> list[Any]:
    found = []
    for schedule, first, minutes in questions:
        hours = None if schedule is None else device_hours(compile_schedule(schedule, first))
        found.append([[*standing(hours, minute), sentence(hours, minute)] for minute in minutes])
    return json.loads(json.dumps(found))  # type: ignore[no-any-return]


def differing(questions: list[Question], told: list[Any]) -> list[Any]:
    wanted = expected(questions)
    assert len(told) == len(wanted)
    return [
        (minute, mine, theirs)
        for (_, _, minutes), mines, theirss in zip(questions, wanted, told, strict=True)
        for minute, mine, theirs in zip(minutes, mines, theirss, strict=True)
        if mine != theirs
    ]


def test_every_hand_written_case_is_told_as_written(run: Run) -> None:
    """The words of the table itself, and not only what Python makes of them."""
    table = list(cases())
    questions: list[Question] = []
    for case in table:
        minute = utc_minute(case.moment)
        first = max(FIRST_DAY, paris_day_of(minute) - timedelta(40))
        questions.append((schedules()[case.schedule], first, [minute]))
    told = run(ASK_HOURS, asked(questions))
    assert len(told) >= 150
    assert [
        (case.line, answer[0][3])
        for case, answer in zip(table, told, strict=True)
        if (answer[0][0], answer[0][3].replace("\u00a0", " ")) != (case.state, case.words)
    ] == []


def test_random_schedules_are_told_as_python_tells_them(run: Run) -> None:
    dice = random.Random(20261123)
    questions: list[Question] = []
    for _ in range(60):
        first = date(2026, 1, 1) + timedelta(dice.randrange(700))
        start = utc_minute_of(first)
        # From the day before the weeks that are known to the day after them.
        minutes = [start + dice.randrange(-FULL_DAY, 85 * FULL_DAY) for _ in range(40)]
        questions.append((random_schedule(dice), first, minutes))
    assert differing(questions, run(ASK_HOURS, asked(questions))) == []


def test_nothing_is_claimed_at_the_very_edges(run: Run) -> None:
    always = Schedule(always=True)
    first = date(2026, 11, 23)
    start = utc_minute_of(first)
    minutes = [start - 1, start, start + 84 * FULL_DAY - 1, start + 84 * FULL_DAY, start + 5_000_000]
    told = run(ASK_HOURS, asked([(always, first, minutes), (None, first, minutes)]))
    assert [answer[0] for answer in told[0]] == ["unknown", "open", "open", "unknown", "unknown"]
    assert {answer[3] for answer in told[1]} == {"horaires à vérifier"}


def test_a_notice_of_a_line_that_never_shuts_never_says_when_it_shuts(run: Run) -> None:
    """Its one interval is cut where the weeks told end: a phone that the edition never reached must not read an hour
    of closing there."""
    script = f"""const [intervals, minutes] = ARGUMENT;
      {SOURCE}
      const directory = {{ begins: intervals[0][0], ends: intervals[0][0] + 120960, clock: [[0, 60]], contacts: {{}} }};
      directory.contacts.a = hoursFromNews(directory, intervals);
      return minutes.map((minute) => hoursWords(hoursOf(directory, "a"), minute));"""
    compiled = compile_schedule(Schedule(always=True), date(2026, 11, 23))
    last = compiled.ends - 1
    told = run(script, [contract_intervals(compiled), [compiled.begins, last - 3 * FULL_DAY, last, last + 1]])
    assert told == ["ouvert 24\u00a0h/24"] * 3 + ["horaires à vérifier"]


def test_freshness_is_the_same_rule(run: Run) -> None:
    by = CONTACT.confirm_by
    days = [by + timedelta(n) for n in (-400, -1, 0, 1, 89, 90, 91, 364, 365, 366, 4000)]
    told = run(ASK_STATUS, [["confirmed", by.isoformat(), day.isoformat()] for day in days])
    assert told == [status(CONTACT, ASSOCIATION, day) for day in days]
    assert run(
        ASK_STATUS, [[was, by.isoformat(), by.isoformat()] for was in ("to_confirm", "withdrawn", "closed")]
    ) == [
        "to_confirm",
        "withdrawn",
        "closed",
    ]


def utc_minute_of(day: date) -> int:
    return compile_schedule(Schedule(), day).begins

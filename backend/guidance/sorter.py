"""A sorter: a few questions that lead to the right door, written as a tree of choices."""

from __future__ import annotations

from dataclasses import dataclass

from backend.fields import read_id
from backend.guidance.advice import check_advice
from backend.records import Record

DEEPEST = 4
MOST_CHOICES = 12


@dataclass(frozen=True)
class Choice:
    label: str
    to: str


@dataclass(frozen=True)
class Question:
    id: str
    ask: str
    help: str | None
    choices: tuple[Choice, ...]


@dataclass(frozen=True)
class Outcome:
    id: str
    title: str
    steps: tuple[str, ...]
    contacts: tuple[str, ...]


@dataclass(frozen=True)
class Sorter:
    id: str
    start: str
    questions: tuple[Question, ...]
    outcomes: tuple[Outcome, ...]


def read_sorter(record: Record) -> Sorter:
    sorter = Sorter(
        id=read_id(record),
        start=record.text("start"),
        questions=tuple(_read_question(item) for item in record.records("questions")),
        outcomes=tuple(_read_outcome(item) for item in record.records("outcomes")),
    )
    record.finish()
    for message in tree_faults(sorter):
        record.fault("start", message)
    return sorter


def _read_question(record: Record) -> Question:
    question = Question(
        id=read_id(record),
        ask=record.text("ask", 200),
        help=record.optional_text("help", 300),
        choices=tuple(_read_choice(item) for item in record.records("choices")),
    )
    if len(question.choices) > MOST_CHOICES:
        record.fault("choices", f"{len(question.choices)} choix, {MOST_CHOICES} au plus")
    record.finish()
    return question


def _read_choice(record: Record) -> Choice:
    choice = Choice(label=record.text("label", 120), to=record.text("to", 60))
    record.finish()
    return choice


def _read_outcome(record: Record) -> Outcome:
    outcome = Outcome(
        id=read_id(record),
        title=record.text("title", 120),
        steps=record.texts("steps"),
        contacts=record.texts("contacts"),
    )
    for step in outcome.steps:
        check_advice(step, 0, record)
    record.finish()
    return outcome


def tree_faults(sorter: Sorter) -> list[str]:
    """What keeps the choices from being a tree whose every path ends soon."""
    questions = {question.id: question for question in sorter.questions}
    ends = {outcome.id for outcome in sorter.outcomes}
    faults: list[str] = []
    reached: set[str] = set()
    walked: set[tuple[str, int]] = set()

    def walk(id_: str, depth: int) -> None:
        # Once for each depth: there are as many paths as choices to the power of DEEPEST.
        if (id_, depth) in walked:
            return
        walked.add((id_, depth))
        reached.add(id_)
        if id_ in ends:
            return
        if id_ not in questions:
            faults.append(f"« {id_} » n’est ni une question ni une réponse")
        elif depth >= DEEPEST:
            faults.append(f"plus de {DEEPEST} questions de suite en passant par « {id_} »")
        else:
            for choice in questions[id_].choices:
                walk(choice.to, depth + 1)

    walk(sorter.start, 0)
    faults += [f"« {id_} » n’est jamais atteint" for id_ in sorted((ends | set(questions)) - reached)]
    return faults

"""A sorter as its page shows it: each question and each answer under an anchor, and the way back."""

from __future__ import annotations

from collections.abc import Mapping

from backend.guidance.html import advice_html
from backend.guidance.sorter import Outcome, Question, Sorter
from backend.offline.pages import EmergencyLine, SorterChoice, SorterOutcome, SorterQuestion, SorterView
from backend.permanences.cards import Card


def sorter_view(sorter: Sorter, cards: Mapping[str, Card], lines: tuple[EmergencyLine, ...]) -> SorterView:
    """`cards`: of every contact, by id; `lines`: what paper names at its end."""
    anchors = _anchors(sorter)
    start = anchors[sorter.start]

    def question(asked: Question) -> SorterQuestion:
        choices = tuple(SorterChoice(choice.label, anchors[choice.to]) for choice in asked.choices)
        before = anchors[_before(sorter, asked.id)]
        return SorterQuestion(
            anchors[asked.id][1:], asked.ask, asked.help, choices, first=asked.id == sorter.start, before=before
        )

    def outcome(found: Outcome) -> SorterOutcome:
        return SorterOutcome(
            anchor=anchors[found.id][1:],
            title=found.title,
            steps=tuple(advice_html(step) for step in found.steps),
            cards=tuple(cards[id_] for id_ in found.contacts if id_ in cards),
            before=anchors[_before(sorter, found.id)],
            restart=start,
        )

    return SorterView(
        questions=tuple(question(asked) for asked in sorter.questions),
        lines=lines,
        outcomes=tuple(outcome(found) for found in sorter.outcomes),
    )


def _anchors(sorter: Sorter) -> dict[str, str]:
    """They show in the address bar and in the history, where numbers say nothing."""
    questions = {question.id: f"#q{n}" for n, question in enumerate(sorter.questions, 1)}
    return questions | {outcome.id: f"#r{n}" for n, outcome in enumerate(sorter.outcomes, 1)}


def _before(sorter: Sorter, id_: str) -> str:
    """The question that leads there; a place to which several lead takes one back to the start."""
    found = {question.id for question in sorter.questions for choice in question.choices if choice.to == id_}
    return found.pop() if len(found) == 1 else sorter.start

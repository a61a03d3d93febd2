"""Four eyes: which changes a second person must see before readers do. Pure rules.

What tells people where to turn is watched: a number, an address, a name, and that something is gone. Hours are not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backend.offline.reach import ways_to_reach
from backend.storage.revisions import OPERATOR, Revision

WATCHED: dict[str, tuple[str, ...]] = {
    "contact": ("value", "kind", "label", "organisation", "emergency", "withdrawn"),
    "organisation": ("name", "scope", "address", "website", "closed_on", "successors"),
    "pack": ("name", "territory"),
}
# The field of a risk where the whole document goes away.
WHOLE = "document"
PRESENT = "présent"

Facts = dict[str, str]


@dataclass(frozen=True)
class Risk:
    """One thing that a second person compares: `old` and `new` as text, None where there is none."""

    field: str
    old: str | None
    new: str | None


def facts(kind: str, body: str | None) -> Facts:
    """What is watched in a document, by field: watched values whole; of other texts, the ways to reach somebody."""
    if body is None:
        return {}
    values = {"text": body} if kind == "guide" else _values(body)
    watched = WATCHED.get(kind, ())
    told = {field: _plain(values.get(field)) for field in watched}
    told |= {field: " ".join(ways_to_reach(" \n".join(_texts(value)))) for field, value in values.items()
             if field not in watched and field != "id"}  # fmt: skip
    return {WHOLE: PRESENT} | {field: text for field, text in told.items() if text}


def risks(before: Facts, after: Facts) -> tuple[Risk, ...]:
    """What differs; a document that appears is judged by what it holds, one that goes is one risk."""
    if before and not after:
        return (Risk(WHOLE, PRESENT, None),)
    changed = [field for field in {**before, **after} if field != WHOLE and before.get(field) != after.get(field)]
    return tuple(Risk(field, before.get(field), after.get(field)) for field in changed)


@dataclass(frozen=True)
class Version:
    """One revision, by whom, and what is watched in it."""

    author: str
    body: str | None
    facts: Facts
    number: int = 0
    sealed: bool = True


def versions(history: Sequence[Revision]) -> list[Version]:
    """Of each revision, newest first."""
    return [
        Version(found.author, found.body, facts(found.kind, found.body), found.number, found.sealed)
        for found in history
    ]


def is_answered_for(kind: str, published: str | None, history: Sequence[Version]) -> bool:
    """Whether this server wrote every version since what is watched was as in `published`, and none is missing. Else
    somebody who writes to the database could have taken themselves out of the authors, or put the operator there."""
    before = facts(kind, published)
    for place, version in enumerate(history):
        if not version.sealed or version.number != history[0].number - place:
            return False
        if version.facts == before:
            return True
    return bool(history) and history[-1].number == 1


def setter(risk: Risk, history: Sequence[Version]) -> str | None:
    """Who last gave the field the value it has; None where no version (newest first) tells."""
    for newer, older in _pairs(history):
        if newer.facts.get(risk.field) != older.facts.get(risk.field):
            return newer.author
    return None


def needs_second_person(found: Sequence[Risk], history: Sequence[Version]) -> bool:
    """The operator's own commands are the operator's word; everything else waits, what nobody can explain too."""
    return any(setter(risk, history) != OPERATOR for risk in found)


def authors(kind: str, published: str | None, history: Sequence[Version]) -> frozenset[str]:
    """Everybody whose version touched what is watched since it was as in `published`: they cannot approve the change.

    What is watched, and not the whole: hours may have gone out without the rest, in a version that nobody wrote.
    """
    since, before = [], facts(kind, published)
    for newer, older in _pairs(history):
        if newer.facts == before:
            break
        if risks(older.facts, newer.facts):
            since.append(newer.author)
    return frozenset(since)


def digest(body: str | None) -> str:
    """What an approval names a version by; a document that is not there has none."""
    return hashlib.sha256(body.encode()).hexdigest() if body is not None else ""


def _pairs(history: Sequence[Version]) -> Iterator[tuple[Version, Version]]:
    """Each version with the one before it, newest first; before the first there was nothing."""
    return pairwise([*history, Version("", None, {})])


def _values(body: str) -> dict[str, Any]:
    try:
        values = json.loads(body)
    except ValueError:
        return {"text": body}
    return values if isinstance(values, dict) else {"text": body}


def _plain(value: Any) -> str:
    if value in (None, False, "", []):
        return ""
    return value.strip() if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _texts(value: Any) -> Iterator[str]:
    """Every text within a value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)

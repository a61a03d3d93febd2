"""The journal's page: a sentence for every act, whatever an entry holds."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.staff.audit import Entry
from backend.staff.journal_words import ACTIONS, Known, line_of
from tests.backend.hostile_texts import hostile_texts

BACKEND = Path(__file__).parents[2] / "backend"
KNOWN = Known({"ana": "Ana", "ben": "Ben"}, {"cidff-95": "CIDFF"})
WRITERS = {"record": 2, "write_down": 1, "record_and_publish": 4, "_publish": 3}  # where the action stands


def entry(action: str, subject: str = "", details: object = None, actor: str = "ana") -> Entry:
    return Entry(7, "2026-11-24T08:05:00Z", actor, action, subject, json.dumps(details or {}), "", "")


def told(action: str, subject: str = "", details: object = None, actor: str = "ana") -> str:
    line = line_of(entry(action, subject, details, actor), KNOWN)
    return f"{line.who} {line.words}"


def recorded_actions() -> Iterator[str]:
    """Every action that stands in a call that writes to the journal."""
    for path in BACKEND.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in WRITERS and len(node.args) > WRITERS[name]:
                    found = node.args[WRITERS[name]]
                    parts = (found.body, found.orelse) if isinstance(found, ast.IfExp) else (found,)
                    yield from (str(part.value) for part in parts if isinstance(part, ast.Constant))


def test_every_act_has_its_sentence() -> None:
    found = set(recorded_actions())
    assert len(found) > 25
    assert found - ACTIONS == set()


@pytest.mark.parametrize(
    ("sentence", "act"),
    [
        ("Ana entre.", ("signed in",)),
        ("Ana rejoint l’équipe pour CIDFF, rôle « écrit », sur l’invitation de Ben.",
         ("joined", "ana", {"role": "editor", "organisation": "cidff-95", "invited by": "ben"})),
        ("Ana invite quelqu’un, rôle « administre tout ».",
         ("invited", "x", {"role": "administrator", "organisation": None})),
        ("Ana retire son rôle à Ben pour CIDFF.", ("changed a role", "ben", {"organisation": "cidff-95", "role": ""})),
        ("Ana arrête la demande d’accès faite en son propre nom.", ("cancelled a recovery", "ana")),
        ("Ana arrête la demande d’accès faite au nom de Ben.", ("cancelled a recovery", "ben")),
        ("Ana écrit le contact 3018, version 4.", ("save", "contact/3018", {"revision": 4})),
        ("Ana publie l’édition 12 : tout ce qui est prêt, sans prévenir personne.",
         ("publish", "edition 12", {"documents": "all", "told": False})),
        ("Ana publie l’édition 12 : le contact 3018.",
         ("publish", "edition 12", {"documents": ["contact/3018"], "told": True})),
        ("L’opérateur du serveur restaure la sauvegarde b.zip et publie l’édition 9.",
         ("restore", "edition 9", {"backup": "b.zip"}, "operator")),
        ("Appui constate que la fin du journal a été coupée ou changée après l’entrée 5.",
         ("found the journal cut", "entry 5", {}, "appui")),
        ("Appui remet la protection du journal, qui avait été ôtée ou changée : audit_no_delete.",
         ("locked the journal again", "audit_no_delete", {}, "appui")),
        ("inconnu fait « autre chose » x.", ("autre chose", "x", {"a": 1}, "inconnu")),
    ],
)  # fmt: skip
def test_sentences(sentence: str, act: tuple[str, ...]) -> None:
    assert told(*act) == sentence


def test_no_entry_however_spoilt_breaks_the_page() -> None:
    """Whoever writes to the database could put anything there."""
    for action in [*ACTIONS, "x"]:
        for details in ("", "[]", "5", "{", '{"opens": 1e300, "documents": 5}', '{"opens": true}', "[" * 10_000):
            for moment in ("", "2026", "9999-99-99", "0001-01-01T00:00:00Z"):
                line_of(Entry(1, moment, "", action, "", details, "", ""), KNOWN)
    for text in hostile_texts()[:50]:
        assert text.rstrip() in told(text, text)

"""Reading what people wrote: every value checked, every fault told with its file and line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import Any

LONGEST_TEXT = 4_000
# Controls but newline and tab, what turns the direction of writing, and halves of characters.
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, order=True)
class Fault:
    """One thing to mend, told in the writer's words."""

    file: str
    line: int
    message: str
    field: str = ""  # the key it is about, as a path: "value", "source.title"

    @property
    def words(self) -> str:
        """The message beside its field, where its key need not be named."""
        return self.message.partition(" : ")[2] if self.field else self.message

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        # One line a fault, and nothing that a terminal would obey, whatever was quoted.
        return FORBIDDEN.sub("?", " ".join(f"{place}: {self.message}".splitlines()))


class ContentError(ValueError):
    """Content that cannot be taken; `faults` lists all of them."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = sorted(set(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


class RefusedError(ValueError):
    """Something asked that cannot be done; the message says why and, where there is one, what to do instead."""


class Table(dict[str, Any]):
    """A mapping that remembers the line of each of its keys."""

    def __init__(self, values: dict[str, Any], line: int = 0, lines: dict[str, int] | None = None) -> None:
        super().__init__(values)
        self.line = line
        self.lines = lines or {}

    def line_of(self, key: str) -> int:
        """Its own, where it does not have that key."""
        return self.lines.get(key, self.line)


class Record:
    """Takes typed values out of a table, noting each fault instead of stopping at the first."""

    def __init__(self, table: dict[str, Any], file: str, faults: list[Fault], path: str = "") -> None:
        self.table = table
        self.file = file
        self.faults = faults
        self._path = path
        self._taken: set[str] = set()
        self._faulty: set[str] = set()

    def fault(self, key: str, message: str) -> None:
        self._faulty.add(key)
        self.faults.append(Fault(self.file, self._line(key), f"« {key} » : {message}", self._path + key))

    def _line(self, key: str) -> int:
        return self.table.line_of(key) if isinstance(self.table, Table) else 0

    def raw(self, key: str) -> Any:
        self._taken.add(key)
        return self.table.get(key)

    def optional_text(self, key: str, longest: int = LONGEST_TEXT) -> str | None:
        value = self.raw(key)
        if value is None:
            return None
        if not isinstance(value, str):
            self.fault(key, "un texte est attendu")
            return None
        if len(value) > longest:
            self.fault(key, f"{len(value)} caractères, {longest} au plus")
        if "\t" in value or FORBIDDEN.search(value):
            self.fault(key, "caractère de contrôle refusé")
        return value.strip() or None

    def text(self, key: str, longest: int = LONGEST_TEXT) -> str:
        value = self.optional_text(key, longest)
        if value is None and key not in self._faulty:
            self.fault(key, "manque")
        return value or ""

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.raw(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.fault(key, "une liste de textes est attendue")
            return ()
        if any("\t" in item or FORBIDDEN.search(item) for item in value):
            self.fault(key, "caractère de contrôle refusé")
        return tuple(item.strip() for item in value)

    def choice(self, key: str, allowed: Sequence[str]) -> str:
        value = self.text(key)
        if value and value not in allowed:
            self.fault(key, f"« {value} » n’est pas parmi {', '.join(allowed)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.raw(key)
        if value is not None and not isinstance(value, bool):
            self.fault(key, "true ou false est attendu")
        return value is True

    def number(self, key: str) -> int:
        value = self.text(key)
        if not value.isascii() or not value.isdigit() or len(value) > 6:
            self.fault(key, "un nombre entier est attendu")
            return 0
        return int(value)

    def optional_day(self, key: str) -> date | None:
        value = self.optional_text(key)
        if value is None:
            return None
        # fromisoformat alone would take weeks (2027-W05-1) and days without dashes too.
        if DAY.fullmatch(value):
            with suppress(ValueError):
                return date.fromisoformat(value)
        self.fault(key, f"« {value} » n’est pas une date ; écrivez-la 2026-11-22")
        return None

    def day(self, key: str) -> date:
        value = self.optional_day(key)
        if value is None and key not in self._faulty:
            self.fault(key, "manque")
        return value or date.min

    def record(self, key: str) -> Record:
        value = self.raw(key)
        if not isinstance(value, dict):
            self.fault(key, "manque ou n’est pas un groupe de valeurs")
            value = Table({}, self._line(key))
        return Record(value, self.file, self.faults, f"{self._path}{key}.")

    def records(self, key: str) -> list[Record]:
        value = self.raw(key)
        if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
            self.fault(key, "une liste est attendue")
            return []
        return [Record(item, self.file, self.faults) for item in value]

    def check(self, key: str, value: str | None, test: Callable[[str], bool], message: str) -> None:
        if value and not test(value):
            self.fault(key, message)

    def finish(self) -> None:
        """Refuse what nobody asked for: a misspelt key must not pass in silence."""
        for key in self.table:
            if key not in self._taken:
                self.fault(key, "clé inconnue")

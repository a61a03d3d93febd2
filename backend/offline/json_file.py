"""A JSON file somebody wrote, with the line of each key: its faults are told where they are."""

from __future__ import annotations

import json
from typing import Any

from backend.offline.pack_text import LARGEST_FILE, decode, read_yaml
from backend.records import ContentError, Fault, Table


def read_json_table(body: bytes, file: str) -> Table:
    """The object that a JSON file holds. Raises ContentError with every fault found.

    JSON decides the values; YAML, which reads nearly all of it, the lines.
    """
    faults: list[Fault] = []
    if len(body) > LARGEST_FILE:
        raise ContentError([Fault(file, 0, f"plus de {LARGEST_FILE // 1024} Kio")])
    text = decode(file, body, faults)
    if text is None:
        raise ContentError(faults)
    values = _values(text, file, faults)
    if not faults and not isinstance(values, dict):
        faults.append(Fault(file, 1, 'un groupe de valeurs est attendu : {"weekly": {…}}'))
    if faults:
        raise ContentError(faults)
    table = _with_lines(values, read_yaml(text, file, []))
    return table if isinstance(table, Table) else Table(values)


def _values(text: str, file: str, faults: list[Fault]) -> Any:
    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        values = dict(pairs)
        if len(values) != len(pairs):
            names = [name for name, _ in pairs]
            faults.extend(
                Fault(file, 0, f"« {name[:60]} » est écrit deux fois") for name in values if names.count(name) > 1
            )
        return values

    try:
        return json.loads(text, object_pairs_hook=once)
    except json.JSONDecodeError as error:
        faults.append(Fault(file, error.lineno, f"ce n’est plus du JSON à partir de la colonne {error.colno}"))
    except (ValueError, RecursionError):
        faults.append(Fault(file, 0, "JSON illisible : un nombre trop long, ou trop de niveaux"))
    return None


def _with_lines(value: Any, found: Any) -> Any:
    """`value`, its objects made tables that know the lines of `found`, the same text read as YAML."""
    if isinstance(value, dict) and isinstance(found, Table):
        return Table({key: _with_lines(item, found.get(key)) for key, item in value.items()}, found.line, found.lines)
    if isinstance(value, list) and isinstance(found, list) and len(value) == len(found):
        return [_with_lines(*pair) for pair in zip(value, found, strict=True)]
    return value

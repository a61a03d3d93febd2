"""YAML with line numbers: plain values only, no anchors, no tags, no duplicate keys.

JSON is read by the same code, being a subset of YAML for what packs hold.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from backend.records import FORBIDDEN, Fault, Table

DEEPEST = 12
# libyaml, ten times faster; it comes inside PyYAML's wheels.
LOADER = yaml.CSafeLoader
LARGEST_FILE = 512 * 1024


def decode(name: str, body: bytes, faults: list[Fault]) -> str | None:
    """The text of a file; None, and a fault with its line, where it is not UTF-8 or hides something."""
    try:
        text = body.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        faults.append(Fault(name, line, "le fichier n’est pas en UTF-8"))
        return None
    if found := FORBIDDEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        faults.append(Fault(name, line, f"caractère U+{ord(found[0]):04X} refusé : il ne se voit pas"))
        return None
    return text


def read_yaml(text: str, file: str, faults: list[Fault]) -> Any:
    """The values of a YAML text: Table, list, str, bool or None; dates and numbers stay as written."""
    known = len(faults)
    try:
        # Before composing: aliases would grow without end, and depth would exhaust the stack.
        faults.extend(_anchor_faults(text, file))
        node = yaml.compose(text, Loader=LOADER) if len(faults) == known else None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or "texte illisible"
        faults.append(Fault(file, mark.line + 1 if mark else 0, f"YAML : {problem}"))
        return None
    return _value(node, file, faults) if node is not None else None


def _anchor_faults(text: str, file: str) -> Iterator[Fault]:
    """Anchors, tags and depth."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        line = event.start_mark.line + 1 if event.start_mark else 0
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            # No further: libyaml takes the square of the depth. It reads 1024 characters ahead, not more.
            yield Fault(file, line, f"YAML : trop imbriqué, {DEEPEST} niveaux au plus")
            return
        if getattr(event, "anchor", None):
            yield Fault(file, line, "YAML : les ancres « & » et « * » sont refusées")
        if getattr(event, "tag", None):
            yield Fault(file, line, "YAML : les étiquettes « ! » sont refusées")


def _value(node: yaml.Node, file: str, faults: list[Fault]) -> Any:
    if isinstance(node, yaml.MappingNode):
        return _table(node, file, faults)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, file, faults) for item in node.value]
    return _scalar(node, file, faults)


def _scalar(node: yaml.Node, file: str, faults: list[Fault]) -> str | bool | None:
    value = str(node.value)
    # Also here: "\u202e" is written with harmless characters.
    if FORBIDDEN.search(value):
        faults.append(Fault(file, node.start_mark.line + 1, "caractère de contrôle refusé"))
    tag = node.tag.rpartition(":")[2]
    if tag == "null":
        return None
    # `yes`, `no`, `on` and `off` are words.
    if tag == "bool" and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value


def _table(node: yaml.MappingNode, file: str, faults: list[Fault]) -> Table:
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            faults.append(Fault(file, line, "YAML : une clé est un mot, ni une liste ni un groupe"))
            continue
        _scalar(key_node, file, faults)
        key = str(key_node.value)
        if key in values:
            faults.append(Fault(file, line, f"« {key} » est écrit deux fois"))
        values[key] = _value(value_node, file, faults)
        lines[key] = line
    return Table(values, node.start_mark.line + 1, lines)


def split_front_matter(text: str) -> tuple[str, str, int] | None:
    """Front matter, body, and the body's first line; None where there is no front matter."""
    found = re.match(r"---\n(.*?\n)---\n", text, flags=re.DOTALL)
    if not found:
        return None
    return found[1], text[found.end() :], text.count("\n", 0, found.end()) + 1

"""The examples of every component: named arguments of its macros, written beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from markupsafe import Markup

from backend.offline.places import FRONTEND
from backend.offline.templates import environment

COMPONENTS = FRONTEND / "components"


@dataclass(frozen=True)
class Example:
    component: str
    name: str
    macro: str
    arguments: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.component}: {self.name}"

    def render(self) -> str:
        """The macro called as a template calls it; an undefined name raises."""
        module = environment().get_template(f"{self.component}/{self.component}.html").module
        return str(getattr(module, self.macro)(**self.arguments))


def read_examples() -> list[Example]:
    return [
        _example(folder.name, str(name), dict(arguments or {}))
        for folder in folders()
        for name, arguments in yaml.safe_load((folder / "examples.yaml").read_text()).items()
    ]


def folders() -> list[Path]:
    return sorted(path for path in COMPONENTS.iterdir() if path.is_dir())


def _example(component: str, name: str, arguments: dict[str, Any]) -> Example:
    macro = arguments.pop("macro", component)
    if "caller" in arguments:
        inside = Markup(arguments["caller"])
        arguments["caller"] = lambda: inside
    return Example(component, name, macro, _with_days(arguments))


def _with_days(value: Any) -> Any:
    """YAML keeps dates as we quote them; templates receive days."""
    if isinstance(value, dict):
        return {
            key: date.fromisoformat(item) if key in ("confirm_by", "until") else _with_days(item)
            for key, item in value.items()
        }
    return [_with_days(item) for item in value] if isinstance(value, list) else value

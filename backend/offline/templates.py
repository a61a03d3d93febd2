"""The Jinja environment that every page is rendered in."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from backend.offline.places import FRONTEND
from backend.words import moment_words, phone_words


@cache
def environment() -> Environment:
    """Undefined names are refused, everything is escaped; each template is read once in the life of a process."""
    templates = Environment(
        loader=FileSystemLoader([FRONTEND / "templates", FRONTEND / "components"]),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    templates.filters["phone"] = phone_words
    templates.filters["moment"] = moment_words
    return templates

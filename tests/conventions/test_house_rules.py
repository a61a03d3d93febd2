"""Rules of the house that no tool checks: settings told, migrations in step, templates that use what they get."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from jinja2 import StrictUndefined

from backend.offline.assets import read_assets
from backend.offline.content import read_content
from backend.offline.places import FRONTEND
from backend.offline.render import Renderer
from backend.offline.templates import environment
from backend.settings import DESCRIPTIONS
from backend.storage.documents import Document
from backend.storage.migrate import MIGRATIONS
from backend.storage.migrations import HEAD
from tests.markup import parse

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("setting", DESCRIPTIONS)
def test_every_setting_is_documented(setting: str) -> None:
    assert setting in (ROOT / "README.md").read_text()


def test_the_expected_migration_is_the_newest() -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    assert ScriptDirectory.from_config(config).get_heads() == [HEAD]


# Today, when dates have passed, and long after: each state of a contact takes another way through a template.
@pytest.mark.parametrize("days", [0, 200, 400, 900])
def test_every_page_renders_with_undefined_names_refused(val_doise: list[Document], days: int) -> None:
    assert environment().undefined is StrictUndefined
    day = date(2026, 11, 23) + timedelta(days=days)
    content = read_content(val_doise)
    pages = Renderer(content, day, read_assets(), "https://example.org/").render()
    trees = {page.url: parse(page.body.decode()) for page in pages if page.type.startswith("text/html")}
    assert len(trees) > 70
    for url, tree in trees.items():
        assert tree.first("h1").words, url
    assert [page.url for page in pages if re.search(rb"@(contact|sorter)\b", page.body)] == [], (
        "a directive left as it is"
    )
    states = {
        e["data-status"] for url, tree in trees.items() for e in tree.having("data-status") if "/contacts/" in url
    }
    assert {0: "confirmed", 200: "to_confirm", 400: "stale", 900: "withdrawn"}[days] in states


def test_every_template_is_somebody_s_page(val_doise: list[Document]) -> None:
    used: set[str] = set()
    renderer = Renderer(read_content(val_doise), date(2026, 11, 23), read_assets(), "https://example.org/")
    get = renderer.templates.get_template
    renderer.templates.get_template = lambda name, *rest: used.add(str(name)) or get(name, *rest)  # type: ignore[method-assign, func-returns-value]
    renderer.render()
    known = {path.name for path in (FRONTEND / "templates").glob("*.html")}
    assert known - used == {"shell_exit.html", "shell_offline.html", "poster.html"}


def test_every_template_of_the_staff_is_named_where_it_is_shown() -> None:
    folder = FRONTEND / "templates" / "equipe"
    said = "".join(path.read_text() for path in (*(ROOT / "backend").rglob("*.py"), *folder.glob("*.html")))
    assert [path.name for path in folder.glob("*.html") if f"equipe/{path.name}" not in said] == []

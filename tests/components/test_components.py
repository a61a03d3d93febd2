"""Components: every example renders, nests, and keeps to the policy; CSS keeps to meanings and to its budget."""

from __future__ import annotations

import gzip
import re

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from backend.guidance.guide import ICONS
from backend.offline.assets import read_assets
from backend.offline.emergency import LINES
from backend.offline.places import FRONTEND
from backend.offline.signing import SigningKey
from backend.offline.templates import environment
from backend.offline.worker import shell, worker_script
from tests.components.examples import COMPONENTS, Example, folders, read_examples
from tests.components.nesting import faults

EXAMPLES = read_examples()
CSS_FILES = [FRONTEND / "static" / "base.css", *sorted(COMPONENTS.glob("*/*.css"))]
TEMPLATES = sorted([*(FRONTEND / "templates").glob("*.html"), *COMPONENTS.glob("*/*.html")])
# Written to the left or to the right, a page could not be turned for a right-to-left language.
PHYSICAL = re.compile(
    r"(?<![-\w])(?:(?:margin|padding|border)-(?:left|right|top|bottom)|left|right|top|bottom|(?:min-|max-)?(?:width|height)"
    r"|text-align: (?:left|right)|float: (?:left|right))(?=:|;)"
)
# A comment, a tag or Jinja: what is not read by a person.
NOT_TEXT = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|<[^>]*>", re.DOTALL)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_example_renders_and_nests(example: Example) -> None:
    html = example.render()
    assert html.strip()
    assert faults(html) == []


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: folder.name)
def test_folder_is_complete(folder) -> None:  # type: ignore[no-untyped-def]
    macros = set(re.findall(r"^\{% macro ([a-z]+)\(", (folder / f"{folder.name}.html").read_text(), re.MULTILINE))
    shown = {example.macro for example in EXAMPLES if example.component == folder.name}
    assert folder.name in macros
    assert (folder / f"{folder.name}.css").exists()
    assert shown <= macros
    assert folder.name in shown


def test_every_icon_of_a_guide_is_drawn() -> None:
    drawn = set(environment().get_template("icon/icon.html").module.PATHS)  # type: ignore[attr-defined]
    assert set(ICONS) <= drawn


@pytest.mark.parametrize("file", CSS_FILES, ids=lambda file: file.name)
def test_components_know_meanings_only(file) -> None:  # type: ignore[no-untyped-def]
    css = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.DOTALL)
    meanings = set(re.findall(r"(--[a-z-]+):", (FRONTEND / "tokens" / "meanings.css").read_text()))
    assert set(re.findall(r"var\((--[a-z0-9-]+)", css)) <= meanings
    assert not re.search(r"#[0-9a-f]{3,8}\b|rgba?\(|hsl", css)
    assert not PHYSICAL.search(re.sub(r"@media[^{]*|transform:[^;]*", "", css))


def test_meanings_are_made_of_values() -> None:
    values = set(re.findall(r"(--[a-z0-9-]+):", (FRONTEND / "tokens" / "values.css").read_text()))
    meanings = (FRONTEND / "tokens" / "meanings.css").read_text()
    assert set(re.findall(r"var\((--[a-z0-9-]+)", meanings)) <= values
    assert "#" not in meanings


def test_stylesheet_stays_within_its_budget() -> None:
    assert len(gzip.compress(read_assets().css.body, 9)) <= 6_000


def test_the_worker_stays_within_its_budget() -> None:
    key = SigningKey(ec.generate_private_key(ec.SECP256R1())).jwk
    assert len(gzip.compress(worker_script([key], shell()), 9)) <= 5_000


def test_shell_pages_are_tiny_whole_and_tell_nothing() -> None:
    pages = environment()
    offline = pages.get_template("shell_offline.html").render(lines=LINES)
    leave = pages.get_template("shell_exit.html").render()
    assert len(gzip.compress((offline + leave).encode(), 9)) <= 1_200
    assert (FRONTEND / "static" / "coquille.css").stat().st_size <= 1_000
    for page in (offline, leave):
        assert re.findall(r'(?:href|src)="(/[^"]+)"', page) == ["/coquille.css"]
    assert "<a" not in leave
    assert "appui" not in leave.lower()


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: file.name)
def test_french_spaces(file) -> None:  # type: ignore[no-untyped-def]
    text = NOT_TEXT.sub("\n", file.read_text())
    assert re.findall(r".{0,20} [:;?!»].{0,10}|.{0,10}« .{0,10}", text) == []

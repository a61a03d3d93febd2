"""Stylesheet and scripts: our files joined in order, named by their content."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import rcssmin
import rjsmin

from backend.offline.places import FRONTEND

CSS = "text/css; charset=utf-8"
JAVASCRIPT = "text/javascript; charset=utf-8"
# Order matters: a later file may use what an earlier one defines.
SCRIPTS = (
    "dates.js",
    "settings.js",
    "trusted.js",
    "exit.js",
    "kept.js",
    "store.js",
    "hours.js",
    "freshness.js",
    "permanences.js",
    "handover.js",
    "install.js",
    "page.js",
)
# What no page needs to be read: a first visit finds it in the store. It uses what the scripts above define.
LATER_SCRIPTS = ("storing.js", "choices.js", "search.js", "filters.js", "notices.js", "erase.js")
STAFF_SCRIPTS = ("trusted.js", "sending.js", "equipe.js", "reminders.js")
# Components that readers never meet: their style is not theirs to download.
STAFF_COMPONENTS = ("change", "compare", "dayslots", "field", "hourspreview", "passkey", "progress")


class AssetMissingError(RuntimeError):
    """htmx has not been brought by npm: `make setup` does it."""


@dataclass(frozen=True)
class Asset:
    name: str
    suffix: str
    type: str
    body: bytes

    @cached_property
    def url(self) -> str:
        return f"/assets/{self.name}.{hashlib.sha256(self.body).hexdigest()[:12]}{self.suffix}"


@dataclass(frozen=True)
class Assets:
    css: Asset
    script: Asset
    later: Asset
    htmx: Asset


def read_assets() -> Assets:
    return Assets(
        css=Asset("appui", ".css", CSS, _stylesheet()),
        script=Asset("appui", ".js", JAVASCRIPT, _script(SCRIPTS)),
        later=Asset("suite", ".js", JAVASCRIPT, _script(LATER_SCRIPTS)),
        htmx=Asset("htmx", ".js", JAVASCRIPT, _htmx()),
    )


def _stylesheet() -> bytes:
    tokens = [FRONTEND / "tokens" / "values.css", FRONTEND / "tokens" / "meanings.css"]
    every = sorted((FRONTEND / "components").glob("*/*.css"))
    parts = [path for path in every if path.parent.name not in STAFF_COMPONENTS]
    base = [FRONTEND / "static" / "base.css"]
    return minified_css(_joined(tokens + base + parts))


def staff_stylesheet() -> Asset:
    """What the staff's pages have beside the readers' sheet."""
    parts = [FRONTEND / "components" / name / f"{name}.css" for name in STAFF_COMPONENTS]
    return Asset("equipe", ".css", CSS, minified_css(_joined(parts)))


def staff_script() -> Asset:
    """What the staff's pages load in the place of the readers' script: no worker of their own, no store."""
    return Asset("equipe", ".js", JAVASCRIPT, _script(STAFF_SCRIPTS))


def _script(names: tuple[str, ...]) -> bytes:
    """One classic script: one file is one request, and a second one shares what the first defines."""
    body = _joined([FRONTEND / "scripts" / name for name in names])
    return minified_script(b'"use strict";\n' + body)


def minified_script(body: bytes) -> bytes:
    """The same script without its comments and blanks; names stay, so that a fault can be read."""
    return bytes(rjsmin.jsmin(body))


def minified_css(body: bytes) -> bytes:
    return bytes(rcssmin.cssmin(body))


def _joined(paths: list[Path]) -> bytes:
    return b"".join(path.read_bytes().rstrip() + b"\n" for path in paths)


def _htmx() -> bytes:
    path = FRONTEND / "static" / "htmx.min.js"
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise AssetMissingError("frontend/static/htmx.min.js is missing: run `make setup`") from error

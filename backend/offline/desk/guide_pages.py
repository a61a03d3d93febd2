"""The guides' editor: what its page holds, the document it writes, the sources it cites."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import yaml

from backend.clock import paris_day
from backend.fields import ID
from backend.guidance.guide import GROUPS, ICONS
from backend.guidance.guide_form import (
    AUDIENCE_WORDS,
    ICON_WORDS,
    Front,
    GuideReading,
    LineFault,
    guide_fields,
    guide_parts,
    read_parts,
)
from backend.offline.content import read_content
from backend.offline.desk.lines import is_due_soon
from backend.offline.desk.pages import FormPage
from backend.offline.desk.preview import guide_preview
from backend.offline.desk.reading import Desk
from backend.offline.pack_text import read_yaml, split_front_matter
from backend.offline.views import GROUP_WORDS
from backend.records import ContentError
from backend.storage.documents import Document
from backend.words import day_words

REVIEWED_FOR = timedelta(180)
NEW_TEXT = "Une ou deux phrases avant les étapes.\n\n## Un geste par étape\n\nUne raison.\n"
DETAILS = ("audience", "tab", "group", "order", "icon", "next", "keywords", "reviewed_on", "review_by")


@dataclass(frozen=True)
class GuideLine:
    slug: str
    title: str
    review_by: str
    late: bool
    pending: bool


@dataclass(frozen=True)
class DeskGuidesPage:
    guides: tuple[GuideLine, ...]
    kept: bool = False  # something has just been kept as a draft


def guides_page(desk: Desk, moment: datetime) -> DeskGuidesPage:
    """The most urgent to read again first."""
    guides = sorted(desk.content.guides.values(), key=lambda guide: guide.review_by)
    return DeskGuidesPage(
        tuple(
            GuideLine(
                guide.slug,
                guide.title,
                day_words(guide.review_by),
                is_due_soon(guide.review_by, paris_day(moment)),
                desk.is_pending("guide", guide.slug),
            )
            for guide in guides
        )
    )


def stored_fields(desk: Desk, slug: str) -> dict[str, str]:
    """A guide's document as the fields of its form."""
    parts = split_front_matter(desk.drafts["guide", slug].body)
    front, text, _ = parts or ("", "", 0)
    return guide_fields(read_yaml(front, slug, []) or {}, text)


def new_fields(moment: datetime) -> dict[str, str]:
    day = paris_day(moment)
    front = {
        "reviewed_on": day.isoformat(),
        "review_by": (day + REVIEWED_FOR).isoformat(),
        "audience": ["tous"],
        "group": "agir",
        "order": "90",
        "icon": "leaf",
        "numbered": True,
    }
    return guide_fields(front, NEW_TEXT) | {"slug": ""}


def guide_document(front: Front, text: str) -> str:
    """As packs hold it: front matter, then Markdown."""
    return f"---\n{yaml.safe_dump(front, allow_unicode=True, sort_keys=False, width=110)}---\n{text}"


def with_citation(fields: Mapping[str, str], desk: Desk) -> dict[str, str]:
    """The chosen source cited at the end of the text, for the writer to move."""
    source = desk.content.sources.get(fields.get("cite", ""))
    if source is None:
        return dict(fields)
    title = source.title.replace("[", "(").replace("]", ")")
    return {**fields, "text": f"{fields.get('text', '').rstrip()}\n\n[{title}](source:{source.id})\n", "cite": ""}


def guide_page(
    desk: Desk, slug: str, fields: Mapping[str, str], moment: datetime, told: bool, new: bool = False
) -> FormPage:
    """`told`: whether faults are shown; they always keep the preview away."""
    reading = check_guide(desk, slug, fields, new)
    details_open = any(name in reading.faults for name in DETAILS)
    options = {
        "new": new,
        "audiences": list(AUDIENCE_WORDS.items()),
        "groups": [(name, GROUP_WORDS[name]) for name in GROUPS],
        "icons": [(name, ICON_WORDS[name]) for name in ICONS],
        "guides": [("", "Aucun"), *((g.slug, g.title) for g in desk.content.guides.values() if g.slug != slug)],
        "sources": [("", "Choisir…"), *((s.id, s.title) for s in desk.content.sources.values())],
        "text_lines": fields.get("text", "").splitlines(),
        "details_open": new or (told and details_open),
    }
    page = FormPage(
        "Écrire un guide" if new else fields.get("title", ""),
        guide_fields({}, "") | {"slug": ""} | dict(fields),
        0,
        "/equipe/guides/",
        options,
    )
    if reading.sound:
        content = replace(desk.content, guides=desk.content.guides | {slug: reading.guide})
        return replace(page, preview=guide_preview(content, reading.guide, paris_day(moment)))
    return replace(page, faults=reading.faults, lines=reading.lines) if told else page


def check_guide(desk: Desk, slug: str, fields: Mapping[str, str], new: bool = False) -> GuideReading:
    """The guide alone, then among all the rest: a link to nothing is told at its line."""
    front, text = guide_parts(fields)
    reading = read_parts(slug, front, text)
    if new and (words := _slug_fault(desk, slug)):
        faults = {name: told for name, told in reading.faults.items() if name != "slug"}
        return replace(reading, faults={"slug": words} | faults)
    return reading if not reading.sound else _among_all(desk, slug, reading, guide_document(front, text))


def _slug_fault(desk: Desk, slug: str) -> str | None:
    if not ID.fullmatch(slug) or len(slug) > 40:
        return "Des minuscules, des chiffres et des tirets : « en-nombre »"
    return "Un autre guide a déjà cette adresse" if slug in desk.content.guides or slug == "nouveau" else None


def _among_all(desk: Desk, slug: str, reading: GuideReading, body: str) -> GuideReading:
    key, document = ("guide", slug), Document("guide", slug, body)
    try:
        read_content([*({**desk.drafts, key: document}).values()])
    except ContentError as error:
        parts = split_front_matter(body)
        before = parts[2] - 1 if parts else 0
        lines = tuple(LineFault(max(0, fault.line - before), fault.message) for fault in error.faults)
        return replace(reading, lines=lines)
    return reading

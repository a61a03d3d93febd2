"""A guide: one page of advice, in steps, with audience, sources and dates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from backend.fields import ID
from backend.guidance.advice import Part, Step, read_steps
from backend.records import Record

AUDIENCES = ("victime", "temoin", "mineur", "parent", "proche", "tous")
GROUPS = ("urgence", "situations", "agir", "soi")
ICONS = (
    "eye", "heart", "people", "image", "lock", "crowd", "school", "mask", "wand",
    "link", "folder", "pen", "flag", "scale", "shield", "leaf", "phone", "door",
)  # fmt: skip


@dataclass(frozen=True)
class Guide:
    slug: str
    title: str
    tab: str
    summary: str
    audience: tuple[str, ...]
    group: str
    order: int
    icon: str
    keywords: tuple[str, ...]
    reviewed_on: date
    review_by: date
    next: str | None
    numbered: bool
    intro: tuple[Part, ...]
    steps: tuple[Step, ...]


def read_guide(slug: str, record: Record, body: str, body_line: int) -> Guide:
    """A guide from its front matter and its Markdown; faults are noted on the record."""
    if not ID.fullmatch(slug) or len(slug) > 40:
        record.fault("slug", f"« {slug} » : lettres minuscules, chiffres et tirets seulement")
    intro, steps = read_steps(body, body_line, record)
    guide = Guide(
        slug=slug,
        title=record.text("title", 90),
        tab=record.text("tab", 30),
        summary=record.text("summary", 200),
        audience=record.texts("audience"),
        group=record.choice("group", GROUPS),
        order=record.number("order"),
        icon=record.choice("icon", ICONS),
        keywords=record.texts("keywords"),
        reviewed_on=record.day("reviewed_on"),
        review_by=record.day("review_by"),
        next=record.optional_text("next"),
        numbered=record.flag("numbered"),
        intro=intro,
        steps=steps,
    )
    for audience in guide.audience:
        if audience not in AUDIENCES:
            record.fault("audience", f"« {audience} » n’est pas parmi {', '.join(AUDIENCES)}")
    if guide.review_by <= guide.reviewed_on:
        record.fault("review_by", "doit venir après le jour de la dernière relecture")
    record.finish()
    return guide

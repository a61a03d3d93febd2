"""A guide's fields in the staff space: its front matter as typed text, its Markdown, and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from backend.guidance.guide import AUDIENCES, GROUPS, ICONS, Guide, read_guide
from backend.guidance.source import read_source
from backend.records import FORBIDDEN, Fault, Record

Front = dict[str, Any]
SOURCE = ("id", "title", "url", "date", "confidence", "says")
TEXTS = ("title", "tab", "summary", "order", "next", "reviewed_on", "review_by")
AUDIENCE_WORDS = {
    "victime": "Qui subit",
    "temoin": "Témoin",
    "mineur": "Moins de 18 ans",
    "parent": "Parent",
    "proche": "Proche",
    "tous": "Tout le monde",
}
ICON_WORDS = {
    "eye": "Œil", "heart": "Cœur", "people": "Deux personnes", "image": "Image", "lock": "Cadenas", "crowd": "Groupe",
    "school": "École", "mask": "Masque", "wand": "Baguette", "link": "Maillons", "folder": "Dossier", "pen": "Crayon",
    "flag": "Drapeau", "scale": "Balance", "shield": "Bouclier", "leaf": "Feuille", "phone": "Téléphone",
    "door": "Porte",
}  # fmt: skip


@dataclass(frozen=True)
class LineFault:
    """What to mend in the text; `line` counts from 1 in the text area, 0 for the whole."""

    line: int
    words: str


@dataclass(frozen=True)
class GuideReading:
    guide: Guide
    faults: dict[str, str] = field(default_factory=dict)
    lines: tuple[LineFault, ...] = ()

    @property
    def sound(self) -> bool:
        return not self.faults and not self.lines


def guide_fields(front: Front, body: str) -> dict[str, str]:
    fields = {name: front.get(name) or "" for name in (*TEXTS, "group", "icon")}
    fields |= {f"audience.{name}": "1" for name in front.get("audience") or ()}
    fields |= {"keywords": ", ".join(front.get("keywords") or ()), "text": body}
    return fields | {"numbered": "1" if front.get("numbered") else ""}


def guide_parts(posted: Mapping[str, str]) -> tuple[Front, str]:
    """Front matter and Markdown out of the fields; what was left empty is left out."""
    front: Front = {name: posted.get(name, "").strip() for name in TEXTS}
    front["audience"] = [name for name in AUDIENCES if posted.get(f"audience.{name}") == "1"]
    front["group"] = posted["group"] if posted.get("group") in GROUPS else GROUPS[0]
    front["icon"] = posted["icon"] if posted.get("icon") in ICONS else ICONS[0]
    front["keywords"] = [word.strip() for word in posted.get("keywords", "").split(",") if word.strip()]
    front = {name: value for name, value in front.items() if value}
    if posted.get("numbered") == "1":
        front["numbered"] = True
    return front, posted.get("text", "").replace("\r\n", "\n").strip() + "\n"


def read_parts(slug: str, front: Front, body: str) -> GuideReading:
    """The guide and its faults: those of the text with their line, the others by field."""
    found: list[Fault] = []
    guide = read_guide(slug, Record(front, "guide", found), body, 1)
    if hidden := FORBIDDEN.search(body):
        found.append(
            Fault("guide", body.count("\n", 0, hidden.start()) + 1, "un caractère qui ne se voit pas : réécrivez")
        )
    faults = {f.field: _plainly(f) for f in reversed(found) if f.field}
    lines = {(f.line, f.message[:1].upper() + f.message[1:]) for f in found if not f.field}
    if not guide.audience and "audience" not in faults:
        faults["audience"] = "Choisissez au moins un public"
    return GuideReading(guide, faults, tuple(LineFault(*line) for line in sorted(lines)))


def read_source_fields(posted: Mapping[str, str], known: Collection[str]) -> tuple[dict[str, Any], dict[str, str]]:
    """A new source's document, and its faults by field."""
    body: dict[str, Any] = {name: posted.get(name, "").replace("\r\n", "\n").strip() or None for name in SOURCE}
    found: list[Fault] = []
    read_source(Record(body, "source", found))
    faults = {f.field: _plainly(f) for f in reversed(found)}
    if body["id"] in known:
        faults["id"] = "Une autre source a, ou avait, déjà ce nom : citez-la, ou choisissez un autre nom"
    return body, faults


def _plainly(fault: Fault) -> str:
    return "À remplir" if fault.words == "manque" else fault.words[:1].upper() + fault.words[1:]

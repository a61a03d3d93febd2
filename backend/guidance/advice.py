"""The Markdown that advice is written in: steps, sentences to say, contacts in place.

A small dialect of CommonMark: no HTML, no image, no outside address. Links name what they lead to
(`guide:preuves`, `contact:3018`, `source:cp-226-2-1`, `page:reglages`) and are resolved when rendered,
so that a link to something that does not exist is found before publishing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from backend.records import Fault, Record

# Markdown takes the square of a paragraph's length: `[a](` fifty thousand times is fifteen seconds.
LARGEST_GUIDE = 64 * 1024
LONGEST_PARAGRAPH = 4_000
LINK_KINDS = ("guide", "contact", "source", "page")
PAGES = {
    "accueil": "/",
    "contacts": "/contacts/",
    "guides": "/guides/",
    "sources": "/sources/",
    "reglages": "/reglages/",
    "installer": "/installer/",
    "urgence": "/hors-ligne/",
    "discretion-exit": "/quitter/",
}
_DIRECTIVE = re.compile(r"^@(contact|sorter) +([a-z0-9-]+)\s*$", re.MULTILINE)
# From the last digit: from the first, a long number would be read again from each of its digits.
_PENALTY = re.compile(r"\d[\u00a0\u202f ]*(?:€|euros)|\bans? (?:de prison|d[’']emprisonnement)")


@dataclass(frozen=True)
class Reference:
    """Something a text leans on: ("contact", "3018")."""

    kind: str
    id: str
    line: int


@dataclass(frozen=True)
class Part:
    """A piece of a step: Markdown text, or a directive."""

    kind: str  # "text", "contact" or "sorter"
    value: str


@dataclass(frozen=True)
class Step:
    """One act: its heading and what stands under it."""

    id: str
    title: str
    parts: tuple[Part, ...]


def _parser() -> MarkdownIt:
    # No autolinks and no HTML: only our own named links come through.
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False})
    parser.disable(["image", "autolink", "html_block", "html_inline", "code", "fence", "lheading", "reference"])
    parser.validateLink = lambda url: url.partition(":")[0] in LINK_KINDS  # type: ignore[method-assign]
    return parser


PARSER = _parser()


def read_steps(body: str, first_line: int, record: Record) -> tuple[tuple[Part, ...], tuple[Step, ...]]:
    """Split Markdown at its `##` headings: the introduction, then the steps."""
    check_advice(body, first_line, record)
    intro, *sections = re.split(r"^## +", body, flags=re.MULTILINE)
    steps = []
    for number, section in enumerate(sections, start=1):
        title, _, text = section.partition("\n")
        steps.append(Step(f"etape-{number}", title.strip(), tuple(split_directives(text))))
    if not steps:
        record.faults.append(Fault(record.file, first_line, "aucune étape : commencez chacune par « ## »"))
    return tuple(split_directives(intro)), tuple(steps)


def split_directives(text: str) -> Iterator[Part]:
    """Text and directives in their order; empty text is dropped."""
    position = 0
    for found in _DIRECTIVE.finditer(text):
        if before := text[position : found.start()].strip():
            yield Part("text", before)
        yield Part(found[1], found[2])
        position = found.end()
    if rest := text[position:].strip():
        yield Part("text", rest)


def references(body: str, first_line: int = 1) -> list[Reference]:
    """Everything a Markdown text leads to, with its line."""
    found = [
        Reference(match[1], match[2], first_line + body.count("\n", 0, match.start()))
        for match in _DIRECTIVE.finditer(body)
    ]
    # Every link of the dialect holds these two: most texts have none, and parsing is what takes the time.
    for link in _read(body).links if "](" in body else ():
        found.append(Reference(link.kind, link.id, first_line + link.line))
    return found


def check_advice(body: str, first_line: int, record: Record) -> None:
    """Refuse what the dialect has not, and a penalty without « jusqu’à » or without its source."""
    for offset, message in _size_faults(body):
        record.faults.append(Fault(record.file, first_line + offset, message))
    for offset, message in _read(body).faults:
        record.faults.append(Fault(record.file, first_line + offset, message))


@dataclass(frozen=True)
class _Reading:
    """What the parser finds in a text, lines counted from 0."""

    faults: tuple[tuple[int, str], ...]
    links: tuple[Reference, ...]


@lru_cache(maxsize=256)  # a pack has some seventy texts, and comes back to each of them five times as it is published
def _read(body: str) -> _Reading:
    faults, links = [], []
    for block in _parse(body):
        line = block.map[0] if block.map else 0
        if block.type == "inline":
            faults += [(line, message) for message in _faults_of(block)]
        for token in block.children or ():
            kind, _, target = str(token.attrGet("href") or "").partition(":")
            if token.type == "link_open":
                links.append(Reference(kind, target, line))
    return _Reading(tuple(faults), tuple(links))


def _parse(body: str) -> list[Token]:
    """The tokens of a text of ordinary size; none where `_size_faults` tells what is wrong."""
    return PARSER.parse(body) if next(_size_faults(body), None) is None else []


def _size_faults(body: str) -> Iterator[tuple[int, str]]:
    if len(body.encode(errors="replace")) > LARGEST_GUIDE:
        yield 0, f"plus de {LARGEST_GUIDE // 1024} Kio"
        return
    before = 0
    for offset, line in enumerate(body.split("\n")):
        length = before + len(line) + 1 if line.strip(" \t") else 0
        if before <= LONGEST_PARAGRAPH < length:
            yield offset, f"paragraphe de plus de {LONGEST_PARAGRAPH} caractères : séparez-le par une ligne vide"
        before = length


def _faults_of(block: Token) -> Iterator[str]:
    text = block.content
    plain = "".join(child.content for child in block.children or () if child.type == "text")
    if re.search(r"<\s*[/!a-zA-Z]", plain):
        yield "le HTML est refusé"
    if "![" in text:
        yield "les images sont refusées"
    if re.search(r"\bhttps?:|\bwww\.|javascript:|data:", plain, re.IGNORECASE):
        yield "adresse en clair refusée : écrivez [texte](contact:…) ou [texte](source:…)"
    if "](" in plain.rpartition(")")[0]:
        yield "lien refusé : seuls guide:, contact:, source: et page: sont connus"
    if re.search(r"^@\w+", plain, re.MULTILINE) and not _DIRECTIVE.fullmatch(plain):
        yield "consigne inconnue : @contact ID ou @sorter ID, seule sur sa ligne"
    if _PENALTY.search(plain):
        if "jusqu" not in plain.lower():
            yield "une peine s’écrit « jusqu’à … »"
        if "](source:" not in text:
            yield "une peine porte sa source : [article …](source:…)"
    if re.search(r"\bminimum\b", plain, re.IGNORECASE):
        yield "« minimum » est refusé : la loi fixe des maximums"

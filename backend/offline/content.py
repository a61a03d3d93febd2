"""Everything an edition is made of, read from drafts and checked as a whole."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from backend.guidance.advice import PAGES, Reference, references
from backend.guidance.guide import Guide, read_guide
from backend.guidance.sorter import Sorter, read_sorter
from backend.guidance.source import Claim, Source, read_claim, read_source
from backend.offline.pack_text import read_yaml, split_front_matter
from backend.permanences.contact import Contact, read_contact
from backend.permanences.organisation import Organisation, read_organisation
from backend.permanences.schedule import Schedule
from backend.records import ContentError, Fault, Record, Table
from backend.storage.documents import Document


@dataclass(frozen=True)
class Pack:
    """Which territory this deployment serves."""

    name: str
    territory: str
    language: str


@dataclass
class Content:
    packs: dict[str, Pack] = field(default_factory=dict)
    sources: dict[str, Source] = field(default_factory=dict)
    organisations: dict[str, Organisation] = field(default_factory=dict)
    contacts: dict[str, Contact] = field(default_factory=dict)
    claims: dict[str, Claim] = field(default_factory=dict)
    sorters: dict[str, Sorter] = field(default_factory=dict)
    guides: dict[str, Guide] = field(default_factory=dict)

    @property
    def pack(self) -> Pack:
        return next(iter(self.packs.values()))

    @property
    def schedules(self) -> dict[str, Schedule]:
        """Those that are known, by contact."""
        return {id_: contact.schedule for id_, contact in self.contacts.items() if contact.schedule}


def _read_pack(record: Record) -> Pack:
    pack = Pack(record.text("name", 40), record.text("territory", 60), record.choice("language", ("fr",)))
    record.finish()
    return pack


# kind of document → where it goes in Content, and what reads it
READERS: dict[str, tuple[str, Callable[[Record], Any]]] = {
    "pack": ("packs", _read_pack),
    "source": ("sources", read_source),
    "organisation": ("organisations", read_organisation),
    "contact": ("contacts", read_contact),
    "claim": ("claims", read_claim),
    "sorter": ("sorters", read_sorter),
}


@dataclass(frozen=True)
class Origin:
    """Where a document was written, to tell its faults: a file and, for records, its table with lines."""

    file: str
    table: Table | None = None


def read_content(drafts: list[Document], origins: dict[tuple[str, str], Origin] | None = None) -> Content:
    """Read and check every draft; raises ContentError with all faults at once."""
    content = Content()
    faults: list[Fault] = []
    origins = origins or {}
    for draft in drafts:
        origin = origins.get((draft.kind, draft.id), Origin(f"{draft.kind}/{draft.id}"))
        _read_draft(draft, origin, content, faults)
    faults += _cross_faults(content, drafts, origins)
    if faults:
        raise ContentError(faults)
    return content


def _read_draft(draft: Document, origin: Origin, content: Content, faults: list[Fault]) -> None:
    if draft.kind == "guide":
        if (guide := _read_guide_draft(draft, origin, faults)) is not None:
            content.guides[draft.id] = guide
        return
    if draft.kind not in READERS:
        faults.append(Fault(origin.file, 0, f"« {draft.kind} » : sorte de contenu inconnue"))
        return
    place, read = READERS[draft.kind]
    table = origin.table if origin.table is not None else _read_json(draft.body)
    if table is None:
        faults.append(Fault(origin.file, 0, "contenu illisible"))
        return
    getattr(content, place)[draft.id] = read(Record(table, origin.file, faults))


def _read_json(body: str) -> dict[str, Any] | None:
    try:
        values = json.loads(body)
    except ValueError:
        return None
    return values if isinstance(values, dict) else None


def _read_guide_draft(draft: Document, origin: Origin, faults: list[Fault]) -> Guide | None:
    parts = split_front_matter(draft.body)
    if parts is None:
        faults.append(Fault(origin.file, 1, "le fichier commence par « --- », ses rubriques, puis « --- »"))
        return None
    front, body, body_line = parts
    # The front matter starts on line 2 of the file: blank line first, so that faults tell the right one.
    table = read_yaml("\n" + front, origin.file, faults)
    if not isinstance(table, Table):
        faults.append(Fault(origin.file, 2, "des rubriques « nom: valeur » sont attendues"))
        return None
    return read_guide(draft.id, Record(table, origin.file, faults), body, body_line)


def _cross_faults(content: Content, drafts: list[Document], origins: dict[tuple[str, str], Origin]) -> Iterator[Fault]:
    """What no single document can see: links to nothing, and a pack that lacks a part."""
    files = {(draft.kind, draft.id): origins.get((draft.kind, draft.id), Origin(f"{draft.kind}/{draft.id}")).file
             for draft in drafts}  # fmt: skip
    known = {
        "guide": content.guides.keys(),
        "contact": content.contacts.keys(),
        "source": content.sources.keys(),
        "sorter": content.sorters.keys(),
        "page": PAGES.keys(),
        "organisation": content.organisations.keys(),
    }
    if len(content.packs) != 1:
        yield Fault("pack.yaml", 0, "un pack, et un seul, est attendu")
    for kind, id_, key, reference in _all_references(content, drafts):
        if reference.id not in known.get(reference.kind, ()):
            line = reference.line or _line(origins, kind, id_, key)
            yield Fault(files[kind, id_], line, f"« {reference.kind}:{reference.id} » n’existe pas")
    for contact in content.contacts.values():
        organisation = content.organisations.get(contact.organisation)
        if organisation and organisation.closed_on and contact.value:
            line = _line(origins, "contact", contact.id, "value")
            yield Fault(
                files["contact", contact.id], line, f"« {contact.id} » : organisme fermé, laissez « value » vide"
            )


def _line(origins: dict[tuple[str, str], Origin], kind: str, id_: str, key: str) -> int:
    """Where a record says `key`; 0 where it came from no file."""
    origin = origins.get((kind, id_))
    return origin.table.line_of(key) if origin and origin.table is not None else 0


def _all_references(content: Content, drafts: list[Document]) -> Iterator[tuple[str, str, str, Reference]]:
    """Kind, id and key of the record that leans on something, and on what; a guide tells the line itself."""
    for draft in drafts:
        if draft.kind == "guide" and (parts := split_front_matter(draft.body)):
            for reference in references(parts[1], parts[2]):
                yield "guide", draft.id, "", reference
    for guide in content.guides.values():
        if guide.next:
            yield "guide", guide.slug, "next", Reference("guide", guide.next, 0)
    for claim in content.claims.values():
        for reference in references(claim.today, 0):
            yield "claim", claim.id, "today", reference
    for contact in content.contacts.values():
        yield "contact", contact.id, "organisation", Reference("organisation", contact.organisation, 0)
        for other in contact.beside:
            yield "contact", contact.id, "beside", Reference("contact", other, 0)
    for organisation in content.organisations.values():
        for other in organisation.successors:
            yield "organisation", organisation.id, "successors", Reference("contact", other, 0)
    for sorter in content.sorters.values():
        for outcome in sorter.outcomes:
            for step in outcome.steps:
                for reference in references(step, 0):
                    yield "sorter", sorter.id, "outcomes", reference
            for id_ in outcome.contacts:
                yield "sorter", sorter.id, "outcomes", Reference("contact", id_, 0)

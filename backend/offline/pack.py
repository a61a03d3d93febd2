"""A pack: content as an editable archive of Markdown and YAML. Read whole, checked whole, or refused."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from backend.offline.content import READERS, Origin, read_content
from backend.offline.pack_text import LARGEST_FILE, decode, read_yaml
from backend.records import FORBIDDEN, ContentError, Fault, Table
from backend.storage.documents import Document

PACKS = Path(__file__).parent.parent / "packs"
MOST_FILES = 400
LARGEST_PACK = 2 * 1024 * 1024
TOO_MANY = f"plus de {MOST_FILES} fichiers"
TOO_LARGE = f"pack trop grand, {LARGEST_PACK // 1024 // 1024} Mio au plus"
# what zipfile raises where an archive is damaged, encrypted, or names its files in no known writing
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, UnicodeError)
# file of the pack → kind of the records it lists
LISTS = {
    "sources.yaml": "source",
    "organisations.yaml": "organisation",
    "contacts.yaml": "contact",
    "notice_2020.yaml": "claim",
}
ORDER = ("pack", "source", "organisation", "contact", "claim", "sorter", "guide")


def read_pack(path: Path) -> list[Document]:
    """The drafts of a pack folder or zip archive; raises ContentError with every fault found."""
    faults: list[Fault] = []
    files = _files(path, faults)
    drafts: list[Document] = []
    origins: dict[tuple[str, str], Origin] = {}
    for name, text in sorted(files.items()):
        for draft, origin in _drafts_of(name, text, faults):
            if (draft.kind, draft.id) in origins:
                faults.append(Fault(name, origin.table.line if origin.table else 0, f"« {draft.id} » existe déjà"))
            drafts.append(draft)
            origins[draft.kind, draft.id] = origin
    try:
        read_content(drafts, origins)
    except ContentError as error:
        faults += error.faults
    if faults:
        raise ContentError(faults)
    return sorted(drafts, key=lambda draft: ORDER.index(draft.kind))


def _files(path: Path, faults: list[Fault]) -> dict[str, str]:
    try:
        if path.is_dir():
            return _decode(_in_folder(path, faults), faults)
        if path.stat().st_size > LARGEST_PACK:
            raise ContentError([Fault(path.name, 0, TOO_LARGE)])
        with zipfile.ZipFile(path) as archive:
            return _decode(_in_archive(archive, faults), faults)
    except UNREADABLE as error:
        raise ContentError([Fault(str(path.name), 0, f"pack illisible ({error})")]) from error


def _in_folder(path: Path, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """Files of a folder; none is read before all have been counted and weighed."""
    found: dict[str, Path] = {}
    total = 0
    for file in path.rglob("*"):
        parts = file.relative_to(path).parts
        if any(part.startswith((".", "__")) for part in parts) or not file.is_file():
            continue
        name = "/".join(parts)
        if file.is_symlink():
            faults.append(Fault(name, 0, "les liens sont refusés"))
            continue
        found[name] = file
        total += file.stat().st_size
        if len(found) > MOST_FILES:
            raise ContentError([Fault(path.name, 0, TOO_MANY)])
        if total > LARGEST_PACK:
            raise ContentError([Fault(name, 0, TOO_LARGE)])
    for name, file in found.items():
        with file.open("rb") as opened:
            yield name, opened.read(LARGEST_FILE + 1)


def _in_archive(archive: zipfile.ZipFile, faults: list[Fault]) -> Iterator[tuple[str, bytes]]:
    """Files of an archive; sizes are bounded by what is really read, not by what the archive says."""
    total = 0
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > MOST_FILES:
        raise ContentError([Fault(archive.filename or "", 0, TOO_MANY)])
    names = [member.filename for member in members]
    faults += [Fault(name, 0, "ce fichier est deux fois dans le pack") for name in set(names) if names.count(name) > 1]
    for member in members:
        if _is_refused(member):
            faults.append(Fault(member.filename, 0, "chemin, lien ou compression refusés"))
            continue
        with archive.open(member) as file:
            body = file.read(LARGEST_FILE + 1)
        total += len(body)
        if total > LARGEST_PACK:
            raise ContentError([Fault(member.filename, 0, TOO_LARGE)])
        yield member.filename, body


def _is_refused(member: zipfile.ZipInfo) -> bool:
    path = PurePosixPath(member.filename)
    climbs = path.is_absolute() or ".." in path.parts or "\\" in member.filename
    is_link = (member.external_attr >> 28) == 0xA
    # LZMA takes as much memory as its header asks for.
    return climbs or is_link or member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def _decode(files: Iterator[tuple[str, bytes]], faults: list[Fault]) -> dict[str, str]:
    texts = {}
    for name, body in files:
        if FORBIDDEN.search(name):
            faults.append(Fault(ascii(name), 0, "nom de fichier refusé"))
        elif len(body) > LARGEST_FILE:
            faults.append(Fault(name, 0, f"plus de {LARGEST_FILE // 1024} Kio"))
        elif (text := decode(name, body, faults)) is not None:
            texts[name] = text
    return texts


def _drafts_of(name: str, text: str, faults: list[Fault]) -> Iterator[tuple[Document, Origin]]:
    path = PurePosixPath(name)
    if path.parent.name == "guides" and path.suffix == ".md" and len(path.parts) == 2:
        yield Document("guide", path.stem, text), Origin(name)
    elif name == "pack.yaml" or (path.parent.name == "sorters" and path.suffix == ".yaml" and len(path.parts) == 2):
        kind = "pack" if name == "pack.yaml" else "sorter"
        yield from _draft(kind, read_yaml(text, name, faults), name, faults)
    elif name in LISTS:
        items = read_yaml(text, name, faults)
        if not isinstance(items, list):
            faults.append(Fault(name, 1, "une liste est attendue"))
            return
        for item in items:
            yield from _draft(LISTS[name], item, name, faults)
    else:
        faults.append(Fault(name, 0, "fichier inconnu dans un pack"))


def _draft(kind: str, item: Any, name: str, faults: list[Fault]) -> Iterator[tuple[Document, Origin]]:
    id_ = (item.get("name") if kind == "pack" else item.get("id")) if isinstance(item, Table) else None
    if not isinstance(id_, str) or not 0 < len(id_) <= 60:
        faults.append(Fault(name, getattr(item, "line", 1), "un « id » est attendu (60 caractères au plus)"))
        return
    yield Document(kind, id_, json.dumps(item, ensure_ascii=False)), Origin(name, item)


def write_pack(drafts: list[Document], path: Path) -> None:
    """Write drafts as a zip archive that `read_pack` takes back."""
    by_file: dict[str, str] = {}
    for name, kind in LISTS.items():
        items = [json.loads(draft.body) for draft in drafts if draft.kind == kind]
        by_file[name] = _dump(items)
    for draft in drafts:
        if draft.kind == "guide":
            by_file[f"guides/{draft.id}.md"] = draft.body
        elif draft.kind in ("pack", "sorter"):
            name = "pack.yaml" if draft.kind == "pack" else f"sorters/{draft.id}.yaml"
            by_file[name] = _dump(json.loads(draft.body))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(by_file.items()):
            archive.writestr(name, text)


def _dump(value: Any) -> str:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False, width=110)


assert set(LISTS.values()) | {"pack", "sorter"} == set(READERS)  # noqa: S101 - a list nobody reads would be lost

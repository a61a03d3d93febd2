"""Publishing: drafts → pages → blobs → signed manifest → one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, insert

from backend.clock import paris_day
from backend.notices.announce import Announcement, Change, announce, silence
from backend.offline.approvals import void_approvals
from backend.offline.assets import read_assets
from backend.offline.changes import reach_changes
from backend.offline.changes_waiting import published_documents
from backend.offline.choosing import chosen, go_back
from backend.offline.content import Content, read_content
from backend.offline.dating import Since, date_page
from backend.offline.editions import (
    Compressed,
    compress_edition,
    drafts_digest,
    insert_blobs,
    known_hashes,
    last_number,
    load_edition,
    load_since,
    pack_drafts,
)
from backend.offline.manifest import NO_PREVIOUS, File, bundle_order, rfc3339, signed_text, text_hash
from backend.offline.render import Page, Renderer
from backend.offline.selection import Selection, as_they_are
from backend.offline.signing import SigningKey
from backend.offline.tables import edition_files, editions
from backend.staff.audit import head, record
from backend.storage.documents import Document
from backend.storage.engine import writing
from backend.storage.revisions import OPERATOR, Key, Writing

LONGEST_MESSAGE = 200  # characters, on one line
# In the journal: what was published, and of which drafts it was made.
EDITION, CONTENT = "edition ", "content"


@dataclass(frozen=True)
class Published:
    """An edition, and the notices that were made with it."""

    number: int
    notices: list[Announcement]


@dataclass(frozen=True)
class DatedFile:
    """One address, ready to be stored."""

    file: File
    body: bytes
    since: Since


def publish(
    engine: Engine, key: SigningKey, exit_url: str, moment: datetime, message: str = "", *, tell: str | None = None
) -> Published:
    """Publish the drafts as a new edition, as the operator.

    Those who follow a contact whose hours change are told; `tell` is the address of the site, None tells nobody.
    What waits for a second person stays a draft. Raises ContentError where the drafts do not hold together; then
    nothing is changed.
    """
    with writing(engine).begin() as connection:
        return publish_drafts(connection, key, exit_url, Writing(OPERATOR, moment), message, tell=tell)


def publish_drafts(
    connection: Connection,
    key: SigningKey,
    exit_url: str,
    by: Writing,
    message: str,
    *,
    only: Collection[Key] | None = None,
    fields: Collection[str] | None = None,
    tell: str | None = None,
) -> Published:
    """`publish`, by somebody, in their transaction: `only` those documents, of contacts those `fields` alone."""
    selection = chosen(connection, only, fields)
    named = "all" if only is None else sorted("/".join(document) for document in only)
    details: dict[str, object] = {"documents": named, "told": tell is not None}
    return record_and_publish(connection, key, exit_url, by, "publish", message, selection, details, tell)


def rollback(
    engine: Engine, key: SigningKey, exit_url: str, moment: datetime, number: int, *, tell: str | None = None
) -> Published:
    """Publish the content of edition `number` as a new edition, as the operator; `tell` as in `publish`."""
    by = Writing(OPERATOR, moment)
    message = f"retour à l’édition {number}"
    with writing(engine).begin() as connection:
        earlier = as_they_are(go_back(connection, number, by))
        return record_and_publish(connection, key, exit_url, by, "rollback", message, earlier, {"to": number}, tell)


def record_and_publish(
    connection: Connection,
    key: SigningKey,
    exit_url: str,
    by: Writing,
    action: str,
    message: str,
    selection: Selection,
    details: dict[str, object],
    tell: str | None,
) -> Published:
    """Written down first: the edition carries the head of the trail that names it."""
    details = details | {CONTENT: drafts_digest(selection.documents)}
    record(connection, by.author, action, f"{EDITION}{last_number(connection) + 1}", details, by.moment)
    if tell is None:
        silence(connection, _changes(connection, selection.content, by.moment))
    return publish_in(connection, key, exit_url, by.moment, message, selection, tell=tell)


def publish_in(
    connection: Connection,
    key: SigningKey,
    exit_url: str,
    moment: datetime,
    message: str,
    selection: Selection,
    after: int = 0,
    tell: str | None = None,
) -> Published:
    """Publish this selection, inside a transaction that also chose them; the number is higher than any before and
    than `after`."""
    told = _changes(connection, selection.content, moment) if tell else []
    last = last_number(connection)
    number = max(last, after) + 1
    pages = Renderer(selection.content, paris_day(moment), read_assets(), exit_url).render()
    files = _date_pages(pages, load_since(connection, last), moment)
    bodies = {entry.file.sha256: entry.body for entry in files.values()}
    fresh = {sha256: bodies[sha256] for sha256 in bodies.keys() - known_hashes(connection)}
    first = {entry.file.sha256 for url, entry in files.items() if url == "/" or url.startswith("/assets/")}
    manifest_files = {url: entry.file for url, entry in files.items()}
    bundle = b"".join(bodies[sha256] for sha256 in bundle_order(manifest_files))
    compressed = compress_edition(bundle, fresh, first)
    insert_blobs(connection, compressed.blobs)
    previous = load_edition(connection, last)
    signed = signed_text(
        number, moment, text_hash(previous.signed) if previous else NO_PREVIOUS, head(connection), manifest_files
    )
    _insert_edition(connection, number, moment, message, signed, key, compressed, selection.documents)
    _insert_files(connection, number, files)
    void_approvals(connection, selection.documents)
    return Published(number, announce(connection, tell, number, told, moment) if tell else [])


def _changes(connection: Connection, content: Content, moment: datetime) -> list[Change]:
    published = published_documents(connection)
    return reach_changes(read_content(published), content, moment) if published else []


def _date_pages(pages: list[Page], earlier: dict[str, Since], moment: datetime) -> dict[str, DatedFile]:
    files: dict[str, DatedFile] = {}
    for page in pages:
        body, since = date_page(page.body, earlier.get(page.url), paris_day(moment))
        file = File(hashlib.sha256(body).hexdigest(), len(body), page.type)
        files[page.url] = DatedFile(file, body, since)
    return files


def _insert_edition(
    connection: Connection,
    number: int,
    moment: datetime,
    message: str,
    signed: str,
    key: SigningKey,
    compressed: Compressed,
    drafts: list[Document],
) -> None:
    connection.execute(
        insert(editions).values(
            number=number,
            issued=rfc3339(moment),
            message=message,
            signed=signed,
            key_id=key.id,
            signature=key.sign(signed),
            bundle_gzip=compressed.bundle_gzip,
            bundle_br=compressed.bundle_br,
            drafts=pack_drafts(drafts),
        )
    )


def _insert_files(connection: Connection, number: int, files: dict[str, DatedFile]) -> None:
    connection.execute(
        insert(edition_files),
        [
            {
                "edition": number,
                "url": url,
                "sha256": entry.file.sha256,
                "undated": entry.since.undated,
                "since": entry.since.day,
            }
            for url, entry in files.items()
        ],
    )

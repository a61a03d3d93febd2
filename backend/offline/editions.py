"""Editions in the database: written once, in one transaction, and read back whole."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime

import brotli
from sqlalchemy import Connection, func, insert, select

from backend.clock import paris_day
from backend.offline.dating import Since
from backend.offline.tables import blobs, edition_files, editions
from backend.storage.documents import Document

# Brotli: a tenth smaller, or forty times faster.
BEST, QUICK = 11, 9
LARGE_BUNDLE = 2 * 1024 * 1024


@dataclass(frozen=True)
class Blob:
    """The bytes of one address, and the same compressed once for all."""

    sha256: str
    plain: bytes
    gzip: bytes
    br: bytes


@dataclass(frozen=True)
class Compressed:
    """What is new in an edition, ready to be stored."""

    blobs: list[Blob]
    bundle_gzip: bytes
    bundle_br: bytes


@dataclass(frozen=True)
class StoredEdition:
    number: int
    signed: str
    key_id: str
    signature: str
    bundle_gzip: bytes
    bundle_br: bytes


@dataclass(frozen=True)
class EditionLine:
    """One line of the list of editions."""

    number: int
    issued: str
    message: str
    files: int


def compress_gzip(data: bytes) -> bytes:
    return gzip.compress(data, 9, mtime=0)


def compress_brotli(data: bytes, quality: int) -> bytes:
    # A window larger than the data gains nothing, and clearing it costs more than the compression of a page.
    window = min(22, max(10, len(data).bit_length()))
    return bytes(brotli.compress(data, quality=quality, lgwin=window))


def compress_bundle(data: bytes) -> bytes:
    """The best there is takes a second a megabyte: worth it for what every phone downloads, unless it is very large."""
    return compress_brotli(data, BEST if len(data) <= LARGE_BUNDLE else QUICK)


def compress_edition(bundle: bytes, fresh: Mapping[str, bytes], first: Collection[str]) -> Compressed:
    """Everything an edition compresses, on every core: both libraries let other threads run meanwhile.

    `fresh`: new bodies by hash; `first`: the hashes that a first visit takes before anything else.
    """

    def blob(sha256: str) -> Blob:
        plain = fresh[sha256]
        quality = BEST if sha256 in first else QUICK
        return Blob(sha256, plain, compress_gzip(plain), compress_brotli(plain, quality))

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # The bundle first: it is the longest.
        bundle_br, bundle_gzip = pool.submit(compress_bundle, bundle), pool.submit(compress_gzip, bundle)
        blobs = list(pool.map(blob, sorted(fresh)))
        return Compressed(blobs, bundle_gzip.result(), bundle_br.result())


def last_number(connection: Connection) -> int:
    """Number of the current edition; 0 before the first."""
    return int(connection.execute(select(func.coalesce(func.max(editions.c.number), 0))).scalar_one())


def number_before(connection: Connection, number: int) -> int:
    """The edition that came before; numbers may skip, after a restore. 0 where there is none."""
    query = select(func.coalesce(func.max(editions.c.number), 0)).where(editions.c.number < number)
    return int(connection.execute(query).scalar_one())


def issued_on(connection: Connection, number: int) -> date:
    """The day in France on which an edition was published."""
    issued = connection.execute(select(editions.c.issued).where(editions.c.number == number)).scalar_one()
    return paris_day(datetime.fromisoformat(issued))


def began_on(connection: Connection) -> datetime:
    """When the oldest edition was published."""
    return datetime.fromisoformat(connection.execute(select(func.min(editions.c.issued))).scalar_one())


def load_edition(connection: Connection, number: int) -> StoredEdition | None:
    row = connection.execute(select(editions).where(editions.c.number == number)).one_or_none()
    if row is None:
        return None
    return StoredEdition(row.number, row.signed, row.key_id, row.signature, row.bundle_gzip, row.bundle_br)


def load_blobs(connection: Connection, number: int, known: Mapping[str, Blob] | None = None) -> dict[str, Blob]:
    """Every blob of an edition by its hash; those already at hand are not read again."""
    known = known or {}
    hashes = set(connection.execute(select(edition_files.c.sha256).where(edition_files.c.edition == number)).scalars())
    rows = connection.execute(select(blobs).where(blobs.c.sha256.in_(hashes - known.keys())))
    read = {row.sha256: Blob(row.sha256, row.plain, row.gzip, row.br) for row in rows}
    return {sha256: known.get(sha256) or read[sha256] for sha256 in sorted(hashes)}


def load_since(connection: Connection, number: int) -> dict[str, Since]:
    """For each address of an edition, what `dating` needs to keep an unchanged page unchanged."""
    query = select(edition_files).where(edition_files.c.edition == number)
    return {row.url: Since(row.undated, row.since) for row in connection.execute(query)}


def load_drafts(connection: Connection, number: int) -> list[Document] | None:
    """What an edition was made of, for a rollback."""
    packed = connection.execute(select(editions.c.drafts).where(editions.c.number == number)).scalar_one_or_none()
    if packed is None:
        return None
    return [Document(**draft) for draft in json.loads(gzip.decompress(packed))]


def pack_drafts(drafts: list[Document]) -> bytes:
    return compress_gzip(_drafts_text(drafts))


def drafts_digest(drafts: list[Document]) -> str:
    """What the journal names them by."""
    return hashlib.sha256(_drafts_text(drafts)).hexdigest()


def altered_drafts(connection: Connection, told: Mapping[int, str]) -> list[int]:
    """The editions whose drafts are no longer those that were published; `told`: edition → digest then."""
    query = select(editions.c.number, editions.c.drafts).order_by(editions.c.number)
    return [
        row.number
        for row in connection.execute(query)
        if row.number in told and hashlib.sha256(_unpacked(row.drafts)).hexdigest() != told[row.number]
    ]


def _unpacked(drafts: bytes) -> bytes:
    """Empty where it is no gzip any more: no list of drafts is."""
    try:
        return gzip.decompress(drafts)
    except (OSError, EOFError, zlib.error):
        return b""


def _drafts_text(drafts: list[Document]) -> bytes:
    values = [{"kind": draft.kind, "id": draft.id, "body": draft.body} for draft in drafts]
    return json.dumps(values, ensure_ascii=False).encode()


def known_hashes(connection: Connection) -> set[str]:
    return set(connection.execute(select(blobs.c.sha256)).scalars())


def insert_blobs(connection: Connection, new: list[Blob]) -> None:
    if new:
        connection.execute(
            insert(blobs),
            [{"sha256": blob.sha256, "plain": blob.plain, "gzip": blob.gzip, "br": blob.br} for blob in new],
        )


def list_editions(connection: Connection) -> list[EditionLine]:
    """Newest first."""
    count = select(edition_files.c.edition, func.count().label("files")).group_by(edition_files.c.edition).subquery()
    query = (
        select(editions.c.number, editions.c.issued, editions.c.message, count.c.files)
        .join(count, count.c.edition == editions.c.number)
        .order_by(editions.c.number.desc())
    )
    return [EditionLine(row.number, row.issued, row.message, row.files) for row in connection.execute(query)]

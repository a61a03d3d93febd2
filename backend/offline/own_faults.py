"""What is wrong with our own database, that a signature does not tell: something taken out, or put there behind us."""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Callable, Iterator

import brotli
from sqlalchemy import Connection, select

from backend.offline.changes_waiting import changes
from backend.offline.editions import altered_drafts, last_number, load_blobs, load_edition, number_before
from backend.offline.manifest import NO_PREVIOUS, bundle_order, parse_signed, text_hash
from backend.offline.publish import CONTENT, EDITION
from backend.offline.tables import editions
from backend.settings import Settings
from backend.staff import audit, audit_check
from backend.storage import audit_end
from backend.storage.engine import open_engine, reading


def chain_faults(settings: Settings) -> Iterator[str]:
    """Each edition names the hash of the one before: none may have been altered or taken out since. The first names
    none, and the journal names the last."""
    with reading(open_engine(settings)).connect() as connection:
        number = last_number(connection)
        newest = max(_told(connection), default=0)
        if newest > number:
            yield f"the journal tells of edition {newest}, which is no longer here"
        while (before := number_before(connection, number)) > 0:
            later, earlier = load_edition(connection, number), load_edition(connection, before)
            if later and earlier and parse_signed(later.signed).previous != text_hash(earlier.signed):
                yield f"edition {number} does not follow edition {before} as it is stored"
            number = before
        first = load_edition(connection, number)
        if first and parse_signed(first.signed).previous != NO_PREVIOUS:
            yield f"what came before edition {number} is no longer here"


def compressed_faults(settings: Settings) -> Iterator[str]:
    """What was signed are plain bytes, and what browsers are given is mostly compressed: both must say the same, in the
    edition before too, which phones may still be taking."""
    with reading(open_engine(settings)).connect() as connection:
        last = last_number(connection)
        for number in (last, number_before(connection, last)):
            stored = load_edition(connection, number)
            if stored is None:
                continue
            blobs = load_blobs(connection, number)
            for blob in blobs.values():
                if hashlib.sha256(blob.plain).hexdigest() != blob.sha256 and number != last:
                    yield f"/b/{blob.sha256} is not what was signed"
                yield from _unlike(f"/b/{blob.sha256}", blob.plain, blob.gzip, blob.br)
            bundle = b"".join(blobs[sha256].plain for sha256 in bundle_order(parse_signed(stored.signed).files))
            yield from _unlike(f"/bundle/{number}", bundle, stored.bundle_gzip, stored.bundle_br)


def _unlike(url: str, plain: bytes, gzipped: bytes, brotlied: bytes) -> Iterator[str]:
    if _opened(gzip.decompress, gzipped) != plain:
        yield f"{url} is another thing compressed by gzip"
    if _opened(brotli.decompress, brotlied) != plain:
        yield f"{url} is another thing compressed by Brotli"


def _opened(decompress: Callable[[bytes], bytes], body: bytes) -> bytes | None:
    try:
        return decompress(body)
    except (OSError, EOFError, zlib.error, brotli.error):
        return None


def journal_faults(settings: Settings) -> Iterator[str]:
    """The journal is a chain, every edition was signed with a head that is still in it, and its end is sealed."""
    with reading(open_engine(settings)).connect() as connection:
        signed = connection.execute(select(editions.c.number, editions.c.signed)).all()
        anchors = {number: parse_signed(text).audit for number, text in signed}
        yield from audit_check.chain_faults(audit.entries(connection), anchors)
        yield from audit_end.end_faults(connection, *audit.last_entry(connection))


def unwritten_faults(settings: Settings) -> Iterator[str]:
    """Drafts that nobody wrote through this server, or whose versions were altered or removed: they wait, whatever
    author the database gives them."""
    with reading(open_engine(settings)).connect() as connection:
        for change in changes(connection):
            if not change.revision:
                yield f"the draft {' '.join(change.key)} or its versions were written straight into the database"


def drafts_faults(settings: Settings) -> Iterator[str]:
    """What an edition keeps of the drafts it was made of is what the next is compared with: a number changed there and
    in the draft would look approved. The journal names it."""
    with reading(open_engine(settings)).connect() as connection:
        for number in altered_drafts(connection, _told(connection)):
            yield f"the drafts that edition {number} was made of were changed since"


def _told(connection: Connection) -> dict[int, str]:
    """The editions that the journal names, each with the digest of its drafts."""
    return {
        int(entry.subject.removeprefix(EDITION)): json.loads(entry.details)[CONTENT]
        for entry in audit.entries(connection)
        if entry.subject.startswith(EDITION) and CONTENT in json.loads(entry.details)
    }

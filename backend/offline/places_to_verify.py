"""Where an edition can be verified: in our database, in a folder, on a site. Each is a way to fetch an address."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

from sqlalchemy import select

from backend.offline.changes_waiting import changes
from backend.offline.editions import altered_drafts, last_number, load_blobs, load_edition, number_before
from backend.offline.manifest import envelope, parse_signed, text_hash
from backend.offline.mirror import edition_files, file_name, fixed_files
from backend.offline.publish import CONTENT, EDITION
from backend.offline.shelf import NoEditionError
from backend.offline.signing import load_key
from backend.offline.tables import editions
from backend.settings import Settings
from backend.staff import audit, audit_check
from backend.storage import audit_end
from backend.storage.engine import open_engine, reading

LARGEST = 64 * 1024 * 1024
Fetch = Callable[[str], bytes]


def open_place(place: str | None, settings: Settings) -> Fetch:
    """A folder, an http(s) address, or (None) our own database."""
    if place is None:
        return _database(settings)
    return _site(place) if "://" in place else _folder(Path(place))


def _folder(directory: Path) -> Fetch:
    return lambda url: (directory / file_name(url)).read_bytes()


def _site(base: str) -> Fetch:
    if not base.startswith(("http://", "https://")):
        raise ValueError("an http or https address is expected")

    def fetch(url: str) -> bytes:
        request = urllib.request.Request(base.rstrip("/") + url)  # noqa: S310 - http and https only, see above
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return bytes(response.read(LARGEST))
        except urllib.error.URLError as error:
            raise OSError(f"{url}: {error}") from error

    return fetch


def _database(settings: Settings) -> Fetch:
    with reading(open_engine(settings)).connect() as connection:
        number = last_number(connection)
        stored = load_edition(connection, number)
        if stored is None:
            raise NoEditionError("no edition has been published yet")
        blobs = {sha256: blob.plain for sha256, blob in load_blobs(connection, number).items()}
    files = {**fixed_files([load_key(settings.keys_dir).jwk]), **edition_files(parse_signed(stored.signed), blobs)}
    files["/edition.json"] = envelope(stored.signed, stored.key_id, stored.signature)
    return files.__getitem__


def chain_faults(settings: Settings) -> Iterator[str]:
    """Each edition names the hash of the one before: none may have been altered or taken out since."""
    with reading(open_engine(settings)).connect() as connection:
        number = last_number(connection)
        while (before := number_before(connection, number)) > 0:
            later, earlier = load_edition(connection, number), load_edition(connection, before)
            if later and earlier and parse_signed(later.signed).previous != text_hash(earlier.signed):
                yield f"edition {number} does not follow edition {before} as it is stored"
            number = before


def journal_faults(settings: Settings) -> Iterator[str]:
    """The journal is a chain, every edition was signed with a head that is still in it, and its end is sealed."""
    with reading(open_engine(settings)).connect() as connection:
        signed = connection.execute(select(editions.c.number, editions.c.signed)).all()
        anchors = {number: parse_signed(text).audit for number, text in signed}
        yield from audit_check.chain_faults(audit.entries(connection), anchors)
        yield from audit_end.end_faults(connection, *audit.last_entry(connection))


def unwritten_faults(settings: Settings) -> Iterator[str]:
    """Drafts that nobody wrote through this server: they wait, whatever author the database gives them."""
    with reading(open_engine(settings)).connect() as connection:
        for change in changes(connection):
            if not change.revision:
                yield f"the draft {' '.join(change.key)} was written straight into the database"


def drafts_faults(settings: Settings) -> Iterator[str]:
    """What an edition keeps of the drafts it was made of is what the next is compared with: a number changed there and
    in the draft would look approved. The journal names it."""
    with reading(open_engine(settings)).connect() as connection:
        told = {
            int(entry.subject.removeprefix(EDITION)): json.loads(entry.details)[CONTENT]
            for entry in audit.entries(connection)
            if entry.subject.startswith(EDITION) and CONTENT in json.loads(entry.details)
        }
        for number in altered_drafts(connection, told):
            yield f"the drafts that edition {number} was made of were changed since"

"""Where an edition can be verified: in our database, in a folder, on a site. Each is a way to fetch an address."""

from __future__ import annotations

import urllib.error
import urllib.request
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli

from backend.offline.editions import last_number, load_blobs, load_edition
from backend.offline.manifest import envelope, parse_signed
from backend.offline.mirror import edition_files, file_name, fixed_files
from backend.offline.shelf import NoEditionError
from backend.offline.signing import load_key
from backend.settings import Settings
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
        asked = {"Accept-Encoding": "br, gzip"}  # as browsers do: what they are given is what counts
        request = urllib.request.Request(base.rstrip("/") + url, headers=asked)  # noqa: S310 - http and https only, see above
        try:
            with urllib.request.urlopen(request, timeout=20) as response:  # noqa: S310
                return _decoded(response.read(LARGEST), response.headers.get("Content-Encoding", ""))
        except urllib.error.URLError as error:
            raise OSError(f"{url}: {error}") from error

    return fetch


def _decoded(body: bytes, encoding: str) -> bytes:
    """At most LARGEST: a forger's site could send what swells without end."""
    try:
        if encoding == "br":
            return bytes(brotli.Decompressor().process(body, output_buffer_limit=LARGEST))
        return zlib.decompressobj(31).decompress(body, LARGEST) if encoding == "gzip" else body
    except (brotli.error, zlib.error) as error:
        raise OSError(f"not {encoding}") from error


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

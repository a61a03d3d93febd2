"""Checking an edition from outside: our database, a mirror's folder, or a site."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path

from sqlalchemy import Connection

from backend.offline.editions import last_number, load_blobs, load_edition, number_before
from backend.offline.manifest import envelope, parse_signed, text_hash
from backend.offline.signing import Jwk, KeyMissingError, load_key, thumbprint, verify
from backend.offline.worker import shell, worker_script
from backend.settings import Settings
from backend.storage.engine import open_engine

LARGEST = 64 * 1024 * 1024
Fetch = Callable[[str], bytes]


@dataclass
class Report:
    edition: int = 0
    files: int = 0
    key: str = ""
    worker_digest: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Expected:
    """What was written down on another day, to tell a forged origin: the key's id, the worker's SHA-256."""

    key: str | None = None
    worker: str | None = None


def verify_place(place: str | None, settings: Settings, expected: Expected = Expected()) -> Report:
    """Check the signature, every hash, and what readers would get as worker; faults are listed, not raised."""
    report = Report()
    try:
        fetch = _database(settings, report) if place is None else _site(place) if "://" in place else _folder(place)
        _check(fetch, _keys(settings, fetch, expected.key), report)
        report.worker_digest = hashlib.sha256(fetch("/sw.js")).hexdigest()
    except (OSError, ValueError, KeyError, LookupError, HTTPException) as error:
        report.faults.append(f"cannot be read: {error}")
    if expected.worker and report.worker_digest != expected.worker.lower():
        report.faults.append(f"sw.js is {report.worker_digest or 'missing'}, expected {expected.worker}")
    return report


def _check(fetch: Fetch, keys: list[Jwk], report: Report) -> None:
    outer = json.loads(fetch("/edition.json"))
    key = next((key for key in keys if key["kid"] == outer["key"]), None)
    if key is None or not verify(key, outer["signed"], outer["signature"]):
        report.faults.append("the signature of edition.json is not by a key we know")
        return
    report.key = key["kid"]
    manifest = parse_signed(outer["signed"])
    report.edition = manifest.edition
    for url, file in manifest.files.items():
        for address in (url, f"/b/{file.sha256}"):
            if hashlib.sha256(fetch(address)).hexdigest() != file.sha256:
                report.faults.append(f"{address} is not what was signed")
        report.files += 1


def _keys(settings: Settings, fetch: Fetch, expected: str | None) -> list[Jwk]:
    """The key that was written down, else our own: a forger publishes his key beside his forgery."""
    try:
        ours = [load_key(settings.keys_dir).jwk]
    except KeyMissingError:
        ours = []
    if ours and expected is None:
        return ours
    published: list[Jwk] = json.loads(fetch("/api/v1/edition-key"))["keys"]
    # An id that is not computed from the key itself would be a mere name tag.
    return [key for key in published if thumbprint(key) == (expected or key["kid"])]


def _folder(place: str) -> Fetch:
    directory = Path(place)

    def fetch(url: str) -> bytes:
        return (directory / (url.lstrip("/") + ("index.html" if url.endswith("/") else ""))).read_bytes()

    return fetch


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


def _database(settings: Settings, report: Report) -> Fetch:
    engine = open_engine(settings)
    with engine.connect() as connection:
        number = last_number(connection)
        stored = load_edition(connection, number)
        blobs = load_blobs(connection, number)
        report.faults += _chain_faults(connection, number)
    if stored is None:
        raise LookupError("no edition has been published yet")
    files = parse_signed(stored.signed).files

    def fetch(url: str) -> bytes:
        if url == "/api/v1/edition-key":
            return json.dumps({"keys": [load_key(settings.keys_dir).jwk]}).encode()
        if url == "/edition.json":
            return envelope(stored.signed, stored.key_id, stored.signature)
        if url == "/sw.js":
            return worker_script([load_key(settings.keys_dir).jwk], shell())
        return blobs[url.removeprefix("/b/") if url.startswith("/b/") else files[url].sha256].plain

    return fetch


def _chain_faults(connection: Connection, number: int) -> Iterator[str]:
    """Each edition names the hash of the one before: none may have been altered or taken out since."""
    while (before := number_before(connection, number)) > 0:
        later, earlier = load_edition(connection, number), load_edition(connection, before)
        if later and earlier and parse_signed(later.signed).previous != text_hash(earlier.signed):
            yield f"edition {number} does not follow edition {before} as it is stored"
        number = before

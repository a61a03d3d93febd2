"""Checking an edition from outside: our database, a mirror's folder, or a site."""

from __future__ import annotations

import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from backend.offline.editions import last_number, load_blobs, load_edition
from backend.offline.manifest import envelope, parse_signed
from backend.offline.signing import Jwk, KeyMissingError, load_key, verify
from backend.offline.worker import shell, worker_script
from backend.settings import Settings
from backend.storage.engine import open_engine

LARGEST = 64 * 1024 * 1024
Fetch = Callable[[str], bytes]


@dataclass
class Report:
    edition: int = 0
    files: int = 0
    worker_digest: str = ""
    faults: list[str] = field(default_factory=list)


def verify_place(place: str | None, settings: Settings, expected_worker: str | None = None) -> Report:
    """Check the signature, every hash, and what readers would get as worker; faults are listed, not raised."""
    fetch = _database(settings) if place is None else _site(place) if "://" in place else _folder(Path(place))
    report = Report()
    try:
        _check(fetch, _keys(settings, fetch), report)
        report.worker_digest = hashlib.sha256(fetch("/sw.js")).hexdigest()
    except (OSError, ValueError, KeyError, LookupError) as error:
        report.faults.append(f"cannot be read: {error}")
    if expected_worker and report.worker_digest != expected_worker.lower():
        report.faults.append(f"sw.js is {report.worker_digest or 'missing'}, expected {expected_worker}")
    return report


def _check(fetch: Fetch, keys: list[Jwk], report: Report) -> None:
    outer = json.loads(fetch("/edition.json"))
    key = next((key for key in keys if key["kid"] == outer["key"]), None)
    if key is None or not verify(key, outer["signed"], outer["signature"]):
        report.faults.append("the signature of edition.json is not by a key we know")
        return
    manifest = parse_signed(outer["signed"])
    report.edition = manifest.edition
    for url, file in manifest.files.items():
        for address in (url, f"/b/{file.sha256}"):
            if hashlib.sha256(fetch(address)).hexdigest() != file.sha256:
                report.faults.append(f"{address} is not what was signed")
        report.files += 1


def _keys(settings: Settings, fetch: Fetch) -> list[Jwk]:
    """Our own key where we have it: a forger would publish his beside his forgery."""
    try:
        return [load_key(settings.keys_dir).jwk]
    except KeyMissingError:
        keys: list[Jwk] = json.loads(fetch("/api/v1/edition-key"))["keys"]
        return keys


def _folder(directory: Path) -> Fetch:
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


def _database(settings: Settings) -> Fetch:
    engine = open_engine(settings)
    with engine.connect() as connection:
        number = last_number(connection)
        stored = load_edition(connection, number)
        blobs = load_blobs(connection, number)
    if stored is None:
        raise LookupError("no edition has been published yet")
    files = parse_signed(stored.signed).files

    def fetch(url: str) -> bytes:
        if url == "/edition.json":
            return envelope(stored.signed, stored.key_id, stored.signature)
        if url == "/sw.js":
            return worker_script([load_key(settings.keys_dir).jwk], shell())
        return blobs[url.removeprefix("/b/") if url.startswith("/b/") else files[url].sha256].plain

    return fetch

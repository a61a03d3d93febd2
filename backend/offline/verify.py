"""Checking an edition from outside: our database, a mirror's folder, or a site."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException

from backend.files import KeyMissingError
from backend.offline.manifest import Manifest, parse_signed
from backend.offline.mirror import KEYS_URL, edition_files, fixed_files
from backend.offline.own_faults import (
    chain_faults,
    compressed_faults,
    drafts_faults,
    journal_faults,
    unwritten_faults,
)
from backend.offline.places_to_verify import Fetch, open_place
from backend.offline.signing import Jwk, load_key, thumbprint, verify
from backend.settings import Settings

UNREADABLE = (OSError, ValueError, TypeError, AttributeError, LookupError, RecursionError, HTTPException)


@dataclass
class Report:
    edition: int = 0
    files: int = 0
    key: str = ""
    own_word: bool = False  # the key was the place's own: a forger would show his
    worker_digest: str = ""
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Expected:
    """What was written down on another day, to tell a forged origin: the key's id, the worker's SHA-256."""

    key: str | None = None
    worker: str | None = None


def verify_place(place: str | None, settings: Settings, moment: datetime, expected: Expected) -> Report:
    """Check the signature, every hash, and what readers would get as worker; faults are listed, not raised."""
    report = Report()
    try:
        fetch = open_place(place, settings)
        ours = _our_key(settings)
        report.worker_digest = hashlib.sha256(fetch("/sw.js")).hexdigest()
        manifest = _check_signature(fetch, ours, expected.key, report)
        if manifest is not None:
            report.faults += _check_files(fetch, manifest, ours, report)
            if datetime.fromisoformat(manifest.expires) < moment:
                report.faults.append(f"edition {manifest.edition} expired on {manifest.expires}")
        if place is None:
            report.faults += [*chain_faults(settings), *journal_faults(settings), *compressed_faults(settings)]
            report.faults += [*drafts_faults(settings), *unwritten_faults(settings)]
    except UNREADABLE as error:
        report.faults.append(f"cannot be read: {error or type(error).__name__}")
    if expected.worker and report.worker_digest != expected.worker.lower():
        report.faults.append(f"sw.js is {report.worker_digest or 'missing'}, expected {expected.worker}")
    return report


def _our_key(settings: Settings) -> Jwk | None:
    try:
        return load_key(settings.keys_dir).jwk
    except KeyMissingError:
        return None


def _check_signature(fetch: Fetch, ours: Jwk | None, expected: str | None, report: Report) -> Manifest | None:
    """Against the key that was written down, else ours, else the one the place shows."""
    known = [ours] if ours and expected is None else _published(fetch, expected)
    report.own_word = ours is None and expected is None
    outer = json.loads(fetch("/edition.json"))
    key = next((key for key in known if key["kid"] == outer["key"]), None)
    if key is None or not verify(key, outer["signed"], outer["signature"]):
        report.faults.append("the signature of edition.json is not by a key we know")
        return None
    report.key = key["kid"]
    return parse_signed(outer["signed"])


def _published(fetch: Fetch, expected: str | None) -> list[Jwk]:
    keys: list[Jwk] = json.loads(fetch(KEYS_URL))["keys"]
    # An id that is not computed from the key itself would be a mere name tag.
    return [key for key in keys if thumbprint(key) == (expected or key["kid"])]


def _check_files(fetch: Fetch, manifest: Manifest, ours: Jwk | None, report: Report) -> Iterator[str]:
    """Everything a reader may be given: pages, blobs, the bundle; with our key the worker and its shell too."""
    blobs: dict[str, bytes] = {}
    for file in manifest.files.values():
        blobs[file.sha256] = fetch(f"/b/{file.sha256}")
        if hashlib.sha256(blobs[file.sha256]).hexdigest() != file.sha256:
            yield f"/b/{file.sha256} is not what was signed"
    fixed = fixed_files([ours]) if ours else {}
    expected = {**fixed, **edition_files(manifest, blobs)}
    report.edition, report.files = manifest.edition, len(expected)
    for url, body in expected.items():
        if not url.startswith("/b/") and fetch(url) != body:
            yield f"{url} is not what {'was signed' if url not in fixed else 'this Appui writes'}"

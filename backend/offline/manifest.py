"""The manifest: what an edition holds, as signed JSON text (format in the contract). Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

# After this the device says that its pages are old; it goes on showing them.
LIFETIME = timedelta(weeks=12)
NO_PREVIOUS = "0" * 64

HTML = "text/html; charset=utf-8"
# The page that unknown addresses are answered with, status 404.
NOT_FOUND_URL = "/introuvable/"


@dataclass(frozen=True)
class File:
    """One address of an edition: the SHA-256 of its bytes, their number, their media type."""

    sha256: str
    size: int
    type: str


@dataclass(frozen=True)
class Manifest:
    edition: int
    issued: str
    expires: str
    previous: str
    audit: str
    files: dict[str, File]


def rfc3339(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def signed_text(edition: int, issued: datetime, previous: str, audit: str, files: dict[str, File]) -> str:
    """The exact text that is signed; `files` keeps its order, which is also the order of the bundle."""
    return json.dumps(
        {
            "edition": edition,
            "issued": rfc3339(issued),
            "expires": rfc3339(issued + LIFETIME),
            "previous": previous,
            "audit": audit,
            "files": {url: {"sha256": f.sha256, "size": f.size, "type": f.type} for url, f in files.items()},
        },
        separators=(",", ":"),
    )


def parse_signed(text: str) -> Manifest:
    """The manifest in a signed text that was verified before; raises ValueError on anything else."""
    try:
        values = json.loads(text)
        files = {
            str(url): File(str(entry["sha256"]), int(entry["size"]), str(entry["type"]))
            for url, entry in values["files"].items()
        }
        return Manifest(
            edition=int(values["edition"]),
            issued=str(values["issued"]),
            expires=str(values["expires"]),
            previous=str(values["previous"]),
            audit=str(values["audit"]),
            files=files,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a manifest: {error!r}") from error


def text_hash(signed: str) -> str:
    """What the next edition's `previous` holds."""
    return hashlib.sha256(signed.encode()).hexdigest()


def envelope(signed: str, key_id: str, signature: str) -> bytes:
    """The body of /edition.json."""
    return json.dumps({"signed": signed, "key": key_id, "signature": signature}).encode()


def bundle_order(files: dict[str, File]) -> list[str]:
    """Hashes of distinct blobs in order of first appearance: a bundle is their bytes, one after another."""
    return list(dict.fromkeys(file.sha256 for file in files.values()))

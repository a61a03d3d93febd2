"""Every file that a site made of one edition holds: what `export` writes and `verify` compares with."""

from __future__ import annotations

import json

from backend.offline.manifest import Manifest, bundle_order
from backend.offline.signing import Jwk
from backend.offline.variants import variant_files
from backend.offline.worker import shell, worker_script

KEYS_URL = "/api/v1/edition-key"
LISTS = ("/api/v1/contacts",)


def edition_files(manifest: Manifest, blobs: dict[str, bytes]) -> dict[str, bytes]:
    """Addresses whose bytes follow from the signed manifest; `blobs` by hash."""
    files = {url: blobs[file.sha256] for url, file in manifest.files.items()}
    files |= {f"/b/{sha256}": body for sha256, body in blobs.items()}
    files[f"/bundle/{manifest.edition}"] = b"".join(blobs[sha256] for sha256 in bundle_order(manifest.files))
    return files


def fixed_files(keys: list[Jwk]) -> dict[str, bytes]:
    """Addresses that follow from our code and keys: the worker, its shell, the install variants."""
    shell_files = shell()
    files = {url: file.body.encode() for url, file in shell_files.items()}
    files |= {url: body for url, (body, _) in variant_files().items()}
    files["/sw.js"] = worker_script(keys, shell_files)
    files[KEYS_URL] = json.dumps({"keys": keys}).encode()
    return files


def file_name(url: str) -> str:
    """Where an address lies in a folder that any static host can serve."""
    if url in LISTS:
        return url.lstrip("/") + "/index.json"  # a folder of the same name holds one file an item
    return url.lstrip("/") + ("index.html" if url.endswith("/") else "")

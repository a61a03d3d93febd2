"""An edition as plain files: any static host can mirror it, and no mirror can forge it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine

from backend.offline.editions import last_number, load_blobs, load_edition
from backend.offline.manifest import bundle_order, envelope, parse_signed
from backend.offline.render import NOT_FOUND_URL
from backend.offline.shelf import NoEditionError
from backend.offline.signing import Jwk
from backend.offline.variants import variant_files
from backend.offline.worker import shell, worker_script


def export_edition(engine: Engine, keys: list[Jwk], directory: Path) -> int:
    """Write the current edition; `directory` must be new or empty. Returns the number of files."""
    if directory.exists() and any(directory.iterdir()):
        raise FileExistsError(f"{directory} is not empty")
    count = 0
    for url, body in _files(engine, keys):
        path = directory / _file_name(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        count += 1
    return count


def _file_name(url: str) -> str:
    return url.lstrip("/") + ("index.html" if url.endswith("/") else "")


def _files(engine: Engine, keys: list[Jwk]) -> Iterator[tuple[str, bytes]]:
    with engine.connect() as connection:
        stored = load_edition(connection, last_number(connection))
        if stored is None:
            raise NoEditionError("no edition has been published yet")
        blobs = load_blobs(connection, stored.number)
    files = parse_signed(stored.signed).files
    for url, file in files.items():
        yield url, blobs[file.sha256].plain
    for sha256, blob in blobs.items():
        yield f"/b/{sha256}", blob.plain
    yield f"/bundle/{stored.number}", b"".join(blobs[sha256].plain for sha256 in bundle_order(files))
    yield "/edition.json", envelope(stored.signed, stored.key_id, stored.signature)
    yield "/404.html", blobs[files[NOT_FOUND_URL].sha256].plain
    yield "/api/v1/edition-key", json.dumps({"keys": keys}).encode()
    shell_files = shell()
    yield "/sw.js", worker_script(keys, shell_files)
    for url, part in shell_files.items():
        if url not in files:
            yield url, part.body.encode()
    for url, (body, _) in variant_files().items():
        yield url, body

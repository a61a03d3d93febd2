"""The shelf: every public answer of the current edition, in memory.

If the database goes away, reading goes on. A new edition replaces the whole shelf in one assignment.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from backend.offline.answers import IMMUTABLE, REVALIDATE, Answer, Encodings, plain_answer, tag_of
from backend.offline.assets import JAVASCRIPT
from backend.offline.editions import Blob, StoredEdition, last_number, load_blobs, load_edition, number_before
from backend.offline.manifest import NOT_FOUND_URL, Manifest, bundle_order, envelope, parse_signed
from backend.offline.signing import Jwk
from backend.offline.variants import variant_files
from backend.offline.worker import shell, worker_script
from backend.storage.engine import reading

BINARY = "application/octet-stream"
JSON = "application/json"


@dataclass(frozen=True)
class Shelf:
    edition: int
    issued: str
    answers: dict[str, Answer]
    not_found: Answer


class NoEditionError(LookupError):
    """Nothing has been published yet."""


def fixed_answers(keys: list[Jwk]) -> dict[str, Answer]:
    """Answers that no publication changes: the worker, its shell, the variants, the keys."""
    shell_files = shell()
    answers = {url: plain_answer(file.body.encode(), file.type) for url, file in shell_files.items()}
    answers["/sw.js"] = plain_answer(worker_script(keys, shell_files), JAVASCRIPT)
    answers["/api/v1/edition-key"] = plain_answer(json.dumps({"keys": keys}).encode(), "application/jwk-set+json")
    for url, (body, type_) in variant_files().items():
        answers[url] = plain_answer(body, type_)
    return answers


def load_shelf(engine: Engine, fixed: dict[str, Answer]) -> Shelf:
    """The shelf of the newest edition; raises NoEditionError before the first."""
    with reading(engine).connect() as connection:
        number = last_number(connection)
        stored = load_edition(connection, number)
        if stored is None:
            raise NoEditionError("no edition has been published yet")
        manifest = parse_signed(stored.signed)
        blobs = load_blobs(connection, number)
        answers = dict(fixed)
        # A phone that began with the edition before can still finish it.
        answers.update(_earlier(connection, number_before(connection, number), blobs))
        answers.update(_edition_answers(stored, manifest, blobs))
    not_found = blobs[manifest.files[NOT_FOUND_URL].sha256]
    return Shelf(number, manifest.issued, answers, _page_answer(not_found, manifest.files[NOT_FOUND_URL].type, 404))


def _edition_answers(stored: StoredEdition, manifest: Manifest, blobs: dict[str, Blob]) -> dict[str, Answer]:
    answers = dict(_blob_answers(stored, manifest, blobs))
    for url, file in manifest.files.items():
        immutable = url.startswith("/assets/")
        answers[url] = _page_answer(blobs[file.sha256], file.type, cache=IMMUTABLE if immutable else REVALIDATE)
    manifest_body = envelope(stored.signed, stored.key_id, stored.signature)
    answers["/edition.json"] = plain_answer(manifest_body, JSON)
    return answers


def _earlier(connection: Connection, number: int, known: dict[str, Blob]) -> dict[str, Answer]:
    stored = load_edition(connection, number)
    if stored is None:
        return {}
    manifest = parse_signed(stored.signed)
    blobs = load_blobs(connection, number, known)
    answers = dict(_blob_answers(stored, manifest, blobs))
    for url, file in manifest.files.items():
        if url.startswith("/assets/"):
            answers[url] = _page_answer(blobs[file.sha256], file.type, cache=IMMUTABLE)
    return answers


def _blob_answers(stored: StoredEdition, manifest: Manifest, blobs: dict[str, Blob]) -> Iterator[tuple[str, Answer]]:
    """The blobs of an edition one by one, and all in one."""
    for blob in blobs.values():
        bodies = Encodings(blob.plain, blob.gzip, blob.br)
        # Never as a page: a blob is data, whatever it holds.
        yield f"/b/{blob.sha256}", Answer(bodies, BINARY, IMMUTABLE, tag_of(blob.sha256))
    bundle = b"".join(blobs[sha256].plain for sha256 in bundle_order(manifest.files))
    bodies = Encodings(bundle, stored.bundle_gzip, stored.bundle_br)
    yield f"/bundle/{stored.number}", Answer(bodies, BINARY, IMMUTABLE, f"bundle-{stored.number}")


def _page_answer(blob: Blob, type_: str, status: int = 200, cache: str = REVALIDATE) -> Answer:
    return Answer(Encodings(blob.plain, blob.gzip, blob.br), type_, cache, tag_of(blob.sha256), status)

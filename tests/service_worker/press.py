"""Editions signed by a test with the server's own key: what a good or a hostile server could send."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from backend.base64url import from_base64url
from backend.offline.manifest import NO_PREVIOUS, File, Manifest, bundle_order, envelope, parse_signed
from backend.offline.manifest import signed_text as text_of
from backend.offline.signing import SigningKey, load_key
from backend.staff.audit import FIRST
from tests.builders import Server

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Edition:
    """A whole edition: its signed text, and the bytes of each address."""

    number: int
    signed: str
    key: SigningKey
    bodies: dict[str, bytes]
    files: dict[str, File]

    @property
    def shown(self) -> dict[str, str]:
        """What each address must answer once this edition is stored."""
        return {url: file.sha256 for url, file in self.files.items()}

    @property
    def manifest(self) -> bytes:
        return envelope(self.signed, self.key.id, self.key.sign(self.signed))

    @property
    def hashes(self) -> list[str]:
        return bundle_order(self.files)

    def answers(self) -> dict[str, bytes]:
        by_hash = {file.sha256: self.bodies[url] for url, file in self.files.items()}
        bundle = b"".join(by_hash[name] for name in self.hashes)
        blobs = {f"/b/{name}": content for name, content in by_hash.items()}
        return {"/edition.json": self.manifest, f"/bundle/{self.number}": bundle, **blobs}

    def path_of(self, url: str) -> str:
        return f"/b/{self.files[url].sha256}"

    def signed_as(self, change: Callable[[dict[str, Any]], None]) -> bytes:
        """The same manifest with one lie in it, well signed: a server that errs."""
        values = json.loads(self.signed)
        change(values)
        text = json.dumps(values)
        return envelope(text, self.key.id, self.key.sign(text))

    def signed_by(self, other: SigningKey, name: str) -> bytes:
        return envelope(self.signed, name, other.sign(self.signed))

    def signed_in_der(self) -> bytes:
        """The form most libraries write a signature in; WebCrypto takes r||s alone."""
        raw = from_base64url(self.key.sign(self.signed))
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        return envelope(self.signed, self.key.id, base64.urlsafe_b64encode(der).rstrip(b"=").decode())


class Press:
    """Makes editions that follow the one a real server published."""

    def __init__(self, server: Server) -> None:
        self.key = load_key(server.data_dir / "keys")
        manifest: Manifest = parse_signed(json.loads(server.get("/edition.json")[2])["signed"])
        bodies = {url: server.get(f"/b/{file.sha256}")[2] for url, file in manifest.files.items()}
        self.last = self.print(manifest.edition, bodies, {url: file.type for url, file in manifest.files.items()})

    def print(self, number: int, bodies: dict[str, bytes], types: dict[str, str]) -> Edition:
        files = {url: File(sha256(made).hexdigest(), len(made), types[url]) for url, made in bodies.items()}
        signed = text_of(number, datetime.now(UTC), NO_PREVIOUS, FIRST, files)
        return Edition(number, signed, self.key, bodies, files)

    def next(self, *urls: str) -> Edition:
        """A newer edition in which these pages have changed, each in its own way."""
        number = self.last.number + 1
        bodies = dict(self.last.bodies)
        for url in urls:
            bodies[url] = marked(bodies[url], f"{number}{url}")
        self.last = self.print(number, bodies, {url: file.type for url, file in self.last.files.items()})
        return self.last


def marked(page: bytes, words: str) -> bytes:
    """The page with one more sentence before its end."""
    head, separator, tail = page.rpartition(b"</main>")
    assert separator, "not a page"
    return head + f"<p>Ajout {words}</p>".encode() + separator + tail


def stranger() -> SigningKey:
    """A sound key that no phone trusts."""
    return SigningKey(ec.generate_private_key(ec.SECP256R1()))

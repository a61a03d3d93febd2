"""Public answers, made ready once: headers and compressed bytes, an ETag, nothing left to compute."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import brotli

from backend.web.headers import RAW_SECURITY_HEADERS

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
# The worker and the manifest, parts of every first visit, take 25 ms at the best quality; lists for programs are long.
SHORT = 20_000
Message = dict[str, Any]
RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Encodings:
    """The same bytes, plain and compressed; a compressed form that is not smaller is not used."""

    plain: bytes
    gzip: bytes | None = None
    br: bytes | None = None


class Answer:
    """One public address, ready to send: for each encoding its two ASGI messages."""

    __slots__ = ("_messages", "etag", "not_modified")

    def __init__(self, bodies: Encodings, type_: str, cache: str, etag: str, status: int = 200, file: str = "") -> None:
        # Weak: the same tag stands for each encoding of the same bytes (RFC 9110, 8.8.1).
        self.etag = f'W/"{etag}"'.encode()
        common: RawHeaders = [
            *RAW_SECURITY_HEADERS,
            (b"cache-control", cache.encode()),
            (b"etag", self.etag),
            (b"vary", b"accept-encoding"),
        ]
        if file:
            # The name it is saved under; shown where the browser can.
            common.append((b"content-disposition", f'inline; filename="{file}"'.encode()))
        self.not_modified: Message = {"type": "http.response.start", "status": 304, "headers": common}
        self._messages = {
            encoding: _messages(body, encoding, type_, common, status)
            for encoding, body in (("br", bodies.br), ("gzip", bodies.gzip), ("identity", bodies.plain))
            if body is not None and (encoding == "identity" or len(body) < len(bodies.plain))
        }

    def messages(self, accepted: tuple[str, ...]) -> tuple[Message, Message]:
        """Start and body in the best encoding the client takes."""
        for encoding in accepted:
            if (found := self._messages.get(encoding)) is not None:
                return found
        return self._messages["identity"]


def _messages(body: bytes, encoding: str, type_: str, common: RawHeaders, status: int) -> tuple[Message, Message]:
    headers = [*common, (b"content-type", type_.encode()), (b"content-length", str(len(body)).encode())]
    if encoding != "identity":
        headers.append((b"content-encoding", encoding.encode()))
    return (
        {"type": "http.response.start", "status": status, "headers": headers},
        {"type": "http.response.body", "body": body},
    )


@lru_cache(maxsize=512)
def accepted_encodings(header: bytes) -> tuple[str, ...]:
    """Our encodings that an Accept-Encoding header takes, best first (RFC 9110, 12.5.3)."""
    weights: dict[str, float] = {}
    for item in header.decode("latin-1").lower().split(","):
        name, _, parameters = item.strip().partition(";")
        weight = parameters.strip().removeprefix("q=")
        try:
            weights[name.strip()] = float(weight) if parameters else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    every = weights.get("*", 0.0)
    return tuple(encoding for encoding in ("br", "gzip") if weights.get(encoding, every) > 0)


def plain_answer(body: bytes, type_: str, cache: str = REVALIDATE, status: int = 200, file: str = "") -> Answer:
    """An answer from bytes that are compressed here: for the few that no edition holds."""
    bodies = Encodings(body, gzip.compress(body, 9, mtime=0), brotli.compress(body, quality=_quality(body)))
    return Answer(bodies, type_, cache, tag_of(hashlib.sha256(body).hexdigest()), status, file)


def tag_of(sha256: str) -> str:
    """64 bits tell one version from another; each letter travels with each answer."""
    return sha256[:16]


def _quality(body: bytes) -> int:
    return 11 if len(body) <= SHORT else 9

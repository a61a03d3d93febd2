"""Requests that change something must come from our own pages: where they say they come from, and a token. Pure.

The token is bound to the cookie of the session (HMAC keyed by it), so that one browser's is useless in another, and
masked anew in each page, so that compression cannot spell it out (BREACH).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable

from backend.base64url import base64url, from_base64url

FIELD = "_jeton"
HEADER = "x-jeton"
_SIZE = 32


def csrf_token(session: str) -> str:
    """A token for one page of whoever holds the cookie `session`."""
    pad = secrets.token_bytes(_SIZE)
    return base64url(pad + _xor(pad, _secret(session)))


def csrf_matches(session: str, token: str) -> bool:
    try:
        raw = from_base64url(token[:200])
    except ValueError:
        return False
    if len(raw) != 2 * _SIZE:
        return False
    return hmac.compare_digest(_xor(raw[:_SIZE], raw[_SIZE:]), _secret(session))


def from_own_pages(headers: Iterable[tuple[bytes, bytes]], origin: str) -> bool:
    """Origin, sent by every browser with every unsafe request, is ours; Sec-Fetch-Site does not contradict it."""
    headers = list(headers)
    origins = [value.decode("latin-1") for name, value in headers if name == b"origin"]
    sites = [value for name, value in headers if name == b"sec-fetch-site"]
    return origins == [origin] and sites in ([], [b"same-origin"])


def _secret(session: str) -> bytes:
    return hmac.new(session.encode(), b"appui csrf", hashlib.sha256).digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(one, other, strict=True))

"""base64url (RFC 4648, 5): how keys, signatures and tokens are written in JSON."""

from __future__ import annotations

import base64
import re

_WRITTEN = re.compile(r"[A-Za-z0-9_-]*={0,2}", re.ASCII)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text: str) -> bytes:
    """With or without padding. Raises ValueError on any other character, which Python alone would skip."""
    if not _WRITTEN.fullmatch(text):
        raise ValueError("not base64url")
    bare = text.rstrip("=")
    return base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))

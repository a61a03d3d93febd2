"""Secrets that we give and only recognise afterwards: 256 random bits, of which we keep a hash."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """256 bits, as 43 characters that any address or cookie can hold."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is stored of a token. No salt: nobody can guess 256 bits from their hash."""
    return hashlib.sha256(token.encode()).digest()


def new_id() -> str:
    """128 bits: a name that tells nothing and opens nothing."""
    return secrets.token_urlsafe(16)

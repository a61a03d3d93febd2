"""Seals on what the database holds: whoever writes to it alone cannot forge them, for their key is in a file."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection

from backend.files import KeyMissingError

KEY_FILE_OPTION = "edition_key_file"  # of the engine: `open_engine`
Sealer = Callable[[str], bytes]


def sealer(connection: Connection, purpose: bytes) -> Sealer:
    """What seals a text (32 bytes), with a key of that purpose alone. Raises KeyMissingError."""
    # From the key of editions: every machine that writes here has it already, and nobody can lose one more file.
    path: Path = connection.get_execution_options()[KEY_FILE_OPTION]
    try:
        secret = b"".join(path.read_bytes().split())
    except FileNotFoundError as error:
        raise KeyMissingError(f"no signing key at {path}: restore it from its backup") from error
    key = hmac.digest(secret, purpose, "sha256")
    return lambda text: hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256")

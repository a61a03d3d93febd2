"""Small files that must be whole or absent, and for our own account alone."""

from __future__ import annotations

import os
from pathlib import Path


class KeyMissingError(RuntimeError):
    """A key that something stored depends on is not there: a new one in its place would cut off whoever relies on it.

    The message says which, and what to do.
    """


def write_private(path: Path, body: bytes) -> None:
    """Create `path` with `body`, mode 0600; raises FileExistsError rather than replace it.

    Cut at any moment, there is the whole file or none: a key half written could never be read again.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        os.link(unfinished, path)
    finally:
        unfinished.unlink()

"""Python imports this by itself in every process of a test run (`PYTHONPATH`): compressing the same bytes again gives
the same bytes again, and takes a second a megabyte. Each is compressed once a run, by whichever process comes first.

Only `make test` has it: benchmarks measure, and the wheel is tried as it is.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

FOLDER = "TESTS_COMPRESSED_ONCE"


def once(compress: Callable[..., bytes], folder: Path) -> Callable[..., bytes]:
    """The same function, that looks first whether these bytes were compressed in this way before."""

    def compressed(data: bytes, **how: int) -> bytes:
        name = sha256(repr(sorted(how.items())).encode() + b"\0" + data).hexdigest()
        try:
            return (folder / name).read_bytes()
        except FileNotFoundError:
            made = compress(data, **how)
        unfinished = folder / f"{name}.{os.getpid()}.{id(made)}"
        unfinished.write_bytes(made)
        unfinished.replace(folder / name)  # whole or not at all: others read meanwhile, and tests kill processes
        return made

    return compressed


if FOLDER in os.environ:
    import brotli

    brotli.compress = once(brotli.compress, Path(os.environ[FOLDER]))

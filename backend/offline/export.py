"""An edition as plain files: any static host can mirror it, and no mirror can forge it.

Its companions are those of the day of export: their freshness ages with the mirror.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Engine

from backend.offline.companions import Directory, companion, companion_urls, read_directory
from backend.offline.editions import issued_on, last_number, load_blobs, load_drafts, load_edition
from backend.offline.manifest import NOT_FOUND_URL, envelope, parse_signed
from backend.offline.mirror import edition_files, file_name, fixed_files
from backend.offline.shelf import NoEditionError
from backend.offline.signing import Jwk
from backend.storage.engine import reading


def export_edition(engine: Engine, keys: list[Jwk], directory: Path, public_url: str, day: date) -> int:
    """Write the current edition; `directory` must be new or empty. Returns the number of files.

    The folder appears under its name only once it is whole.
    """
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise FileExistsError(f"{directory} is not empty")
    files = _files(engine, keys, public_url, day)
    directory = directory.resolve()  # « . » has no name
    directory.parent.mkdir(parents=True, exist_ok=True)
    # New each time: what a killed export left, of an edition before, must not come along.
    with TemporaryDirectory(prefix=f"{directory.name}.", suffix=".part", dir=directory.parent) as unfinished:
        whole = Path(unfinished) / "whole"
        _write(whole, files)
        if directory.exists():
            directory.rmdir()
        whole.rename(directory)
    return len(files)


def _write(directory: Path, files: dict[str, bytes]) -> None:
    """For everybody to read, whatever the umask: a static host runs under another account."""
    for url, body in files.items():
        path = directory / file_name(url)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        path.chmod(0o644)
    for folder in (directory, *(path for path in directory.rglob("*") if path.is_dir())):
        folder.chmod(0o755)


def _files(engine: Engine, keys: list[Jwk], public_url: str, day: date) -> dict[str, bytes]:
    with reading(engine).connect() as connection:
        stored = load_edition(connection, last_number(connection))
        if stored is None:
            raise NoEditionError("no edition has been published yet")
        drafts = load_drafts(connection, stored.number) or []
        issued = issued_on(connection, stored.number)
        blobs = {sha256: blob.plain for sha256, blob in load_blobs(connection, stored.number).items()}
    # The edition's own pages last: /hors-ligne/ is in the shell too, plainer.
    companions = _companions(read_directory(drafts, stored.number, issued, public_url), day)
    files = {**companions, **fixed_files(keys), **edition_files(parse_signed(stored.signed), blobs)}
    files["/edition.json"] = envelope(stored.signed, stored.key_id, stored.signature)
    files["/404.html"] = files[NOT_FOUND_URL]  # the name static hosts look for
    return files


def _companions(directory: Directory, day: date) -> dict[str, bytes]:
    """Without those that say « gone »: a static host answers 404 by itself."""
    made = {url: companion(directory, url, day) for url in companion_urls(directory)}
    return {url: found.body for url, found in made.items() if found and found.status == 200}

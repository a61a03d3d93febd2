"""Answers that are not what they claim, each with the fault that makes it so."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from typing import Any

from tests.service_worker.link import Answer, Fault, body, flipped, instead
from tests.service_worker.press import Edition, stranger

PAGE = "/guides/temoin/"
OTHER = "/contacts/3018/"
HTML = b"<!doctype html><title>Bienvenue</title><h1>Acceptez les conditions</h1>"
Lie = Callable[[Edition], dict[str, Fault]]


def at_manifest(fault: Fault) -> Lie:
    return lambda _: {"/edition.json": fault}


def manifest(make: Callable[[Edition], bytes]) -> Lie:
    return lambda edition: {"/edition.json": body(make(edition))}


def values(change: Callable[[dict[str, Any]], Any]) -> Lie:
    """A manifest that is well signed, and wrong: its server erred, and gave it a tag of its own."""

    def lie(edition: Edition) -> dict[str, Fault]:
        return {"/edition.json": body(edition.signed_as(lambda signed: change(signed) and None), etag='W/"erred"')}

    return lie


def outer(change: Callable[[dict[str, Any]], Any]) -> Lie:
    """The envelope altered: its signature is over something else."""

    def make(edition: Edition) -> bytes:
        found = json.loads(edition.manifest)
        change(found)
        return json.dumps(found).encode()

    return manifest(make)


def blob(fault: Fault, url: str = PAGE) -> Lie:
    return lambda edition: {edition.path_of(url): fault}


def status(number: int) -> Fault:
    """The very bytes, but not as a plain success."""
    return lambda answer: Answer(answer.body, number)


def swapped(edition: Edition) -> dict[str, Fault]:
    """Two sound blobs, each under the other's name."""
    return {
        edition.path_of(PAGE): body(edition.bodies[OTHER]),
        edition.path_of(OTHER): body(edition.bodies[PAGE]),
    }


def flip_text(name: str, position: int) -> Lie:
    """One character of a field of the envelope, at this place, counted from its end when negative."""

    def change(found: dict[str, Any]) -> None:
        at = position % len(found[name])
        found[name] = found[name][:at] + ("A" if found[name][at] != "A" else "B") + found[name][at + 1 :]

    return outer(change)


def in_text(old: str, new: Callable[[str], str]) -> Lie:
    """Other words in the signed text, without a new signature."""
    return outer(lambda found: found.update(signed=found["signed"].replace(old, new(old), 1)))


def file(url: str, **lies: Any) -> Lie:
    return values(lambda signed: signed["files"][url].update(lies))


LIES: dict[str, Lie] = {
    **{f"manifest, byte {n} flipped": at_manifest(flipped(n)) for n in (0, 9, 40, 2000, -300, -40)},
    **{f"signed text, character {n}": flip_text("signed", n) for n in (11, 12, 300, -2)},
    # The last character of 64 bytes in base64url holds four bits that decoding drops; not that one.
    **{f"signature, character {n}": flip_text("signature", n) for n in (0, 20, 42, 43, 84)},
    **{f"blob, byte {n} flipped": blob(flipped(n)) for n in (0, 1, 99, 1500, -2, -1)},
    "wrong key under our name": manifest(lambda e: e.signed_by(stranger(), e.key.id)),
    "wrong key under its own name": manifest(lambda e: e.signed_by((other := stranger()), other.id)),
    "unknown key name": outer(lambda found: found.update(key="autre")),
    "key name from the prototype": outer(lambda found: found.update(key="__proto__")),
    "key name that is a method": outer(lambda found: found.update(key="constructor")),
    "signature in DER": manifest(lambda e: e.signed_in_der()),
    "signature empty": outer(lambda found: found.update(signature="")),
    "signature missing": outer(lambda found: found.pop("signature")),
    "signature not base64": outer(lambda found: found.update(signature="é" * 86)),
    "signature of zeros": outer(lambda found: found.update(signature="A" * 86)),
    "signature too long": outer(lambda found: found.update(signature=found["signature"] + "AAAA")),
    "signature of another text": outer(lambda found: found.update(signed=found["signed"] + " ")),
    "signed text missing": outer(lambda found: found.pop("signed")),
    "signed text is an object": outer(lambda found: found.update(signed=json.loads(found["signed"]))),
    "older edition": values(lambda signed: signed.update(edition=signed["edition"] - 2)),
    "edition zero": values(lambda signed: signed.update(edition=0)),
    "edition below zero": values(lambda signed: signed.update(edition=-7)),
    "same number, other content": values(lambda signed: signed.update(edition=signed["edition"] - 1)),
    "same number, a file less": values(
        lambda signed: (signed.update(edition=signed["edition"] - 1), signed["files"].pop(PAGE))
    ),
    "a file more, unsigned": in_text('"files":{', lambda old: old + '"/a/":{"sha256":"","size":0,"type":"text/html"},'),
    "a file renamed, unsigned": in_text(f'"{PAGE}"', lambda old: '"/guides/autre/"'),
    "a newer number, unsigned": in_text('"edition":', lambda old: old + "9"),
    "a page's type, unsigned": in_text("text/html", lambda old: "text/plain"),
    "a file nobody has": values(
        lambda signed: signed["files"].update({"/a/": {"sha256": "0" * 64, "size": 3, "type": "text/html"}})
    ),
    "size one less": lambda e: file(PAGE, size=e.files[PAGE].size - 1)(e),
    "size one more": lambda e: file(PAGE, size=e.files[PAGE].size + 1)(e),
    "size zero": file(PAGE, size=0),
    "size below zero": file(PAGE, size=-1),
    "size beyond memory": file(PAGE, size=10**15),
    "size in words": file(PAGE, size="grand"),
    "hash of another page": file(PAGE, sha256="f" * 64),
    "hash that is a path": file(PAGE, sha256="../edition.json"),
    "manifest truncated": lambda e: {"/edition.json": body(e.manifest[: len(e.manifest) // 2])},
    "manifest empty": manifest(lambda _: b""),
    "manifest null": manifest(lambda _: b"null"),
    "manifest a list": manifest(lambda _: b"[]"),
    "manifest in UTF-16": manifest(lambda e: e.manifest.decode().encode("utf-16")),
    "HTML for JSON": manifest(lambda _: HTML),
    "HTML for a blob": blob(body(HTML)),
    "gzip that is none, manifest": at_manifest(body(b"\x1f\x8bnot", **{"content-encoding": "gzip"})),
    "gzip that is none, blob": blob(body(b"\x1f\x8bnot", **{"content-encoding": "gzip"})),
    "gzip broken off, blob": blob(body(lambda old: gzip.compress(old)[:-40], **{"content-encoding": "gzip"})),
    "gzip with an altered heart": blob(
        body(lambda old: flipped(900)(Answer(gzip.compress(old))).body, **{"content-encoding": "gzip"})
    ),
    "blob empty": blob(body(b"")),
    "blob a byte longer": blob(body(lambda old: old + b"\n")),
    "blob twice": blob(body(lambda old: old * 2)),
    "blobs swapped": swapped,
    "the page before, under the new name": blob(body(lambda old: old.replace(b"Ajout", b"ajout"))),
    **{f"status {n} for the manifest": at_manifest(instead(n, HTML)) for n in (203, 404, 500, 511)},
    **{f"status {n} for a blob": blob(status(n)) for n in (203, 206, 404, 410, 503)},
    "redirect of the manifest": at_manifest(instead(302, location="/guides/")),
    "redirect of a blob": lambda e: {e.path_of(PAGE): instead(302, location=e.path_of(OTHER))},
}  # fmt: skip


def bundle(fault: Fault) -> Lie:
    return lambda edition: {f"/bundle/{edition.number}": fault}


# What may arrive in place of the one answer of a first visit.
BUNDLES: dict[str, Lie] = {
    **{f"byte {n} flipped": bundle(flipped(n)) for n in (0, 40_000, 300_000, -90_000, -1)},
    "empty": bundle(body(b"")),
    "a byte longer": bundle(body(lambda old: old + b"\n")),
    "a byte missing inside": bundle(body(lambda old: old[:200_000] + old[200_001:])),
    "from its end to its start": bundle(body(lambda old: old[::-1])),
    "HTML": bundle(body(HTML)),
    "HTML and a good status line": bundle(instead(200, HTML)),
    "gzip that is none": bundle(body(b"\x1f\x8bnot", **{"content-encoding": "gzip"})),
    "gzip broken off": bundle(body(lambda old: gzip.compress(old, 1)[:-999], **{"content-encoding": "gzip"})),
    "status 511": bundle(instead(511, HTML)),
    "elsewhere": bundle(instead(302, location="/")),
}

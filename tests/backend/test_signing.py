"""Signatures that a browser takes, and nothing forged that it would."""

from __future__ import annotations

from pathlib import Path

import pytest

from backend.base64url import base64url, from_base64url
from backend.files import KeyMissingError
from backend.offline.signing import create_key, load_key, verify
from backend.settings import EDITION_KEY


def test_a_signature_is_raw_and_verifies(tmp_path: Path) -> None:
    key = create_key(tmp_path)
    signature = key.sign("texte é")
    assert len(from_base64url(signature)) == 64
    assert verify(key.jwk, "texte é", signature)
    assert load_key(tmp_path).id == key.id


def test_another_text_key_or_form_is_refused(tmp_path: Path) -> None:
    key, other = create_key(tmp_path / "a"), create_key(tmp_path / "b")
    signature = key.sign("texte")
    flipped = bytearray(from_base64url(signature))
    flipped[5] ^= 1
    assert not verify(key.jwk, "texte ", signature)
    assert not verify(other.jwk, "texte", signature)
    for forged in (base64url(bytes(flipped)), "", "AAAA", base64url(bytes(64)), signature[:-2], "é"):
        assert not verify(key.jwk, "texte", forged)


def test_the_key_is_private_and_never_replaced(tmp_path: Path) -> None:
    create_key(tmp_path)
    assert (tmp_path / EDITION_KEY).stat().st_mode & 0o077 == 0
    with pytest.raises(FileExistsError):
        create_key(tmp_path)


def test_a_missing_key_is_said(tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="restore it"):
        load_key(tmp_path)

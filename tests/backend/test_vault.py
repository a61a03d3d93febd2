"""What is kept of a browser: sealed, found by a keyed hash, unreadable without its key file."""

from __future__ import annotations

import os
import re
import stat
from pathlib import Path

import pytest

from backend.files import KeyMissingError
from backend.notices.vault import (
    KEY_FILE,
    SealBrokenError,
    Subscription,
    Vault,
    create_vault_key,
    load_vault,
    token_hash,
)

ENDPOINT = "https://updates.push.services.mozilla.com/wpush/v2/canary-of-a-browser"
SUBSCRIPTION = Subscription(ENDPOINT, b"\x04" + os.urandom(64), os.urandom(16))


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    create_vault_key(tmp_path)
    return load_vault(tmp_path)


def test_what_is_sealed_comes_back_and_shows_nothing(vault: Vault) -> None:
    sealed = vault.seal(SUBSCRIPTION)
    assert vault.unseal(sealed) == SUBSCRIPTION
    for part in (ENDPOINT.encode(), b"canary", SUBSCRIPTION.p256dh[:8], SUBSCRIPTION.auth[:8]):
        assert part not in sealed
    assert vault.seal(SUBSCRIPTION) != sealed, "two rows must not tell that they are the same browser"


def test_any_change_is_seen(vault: Vault) -> None:
    sealed = vault.seal(SUBSCRIPTION)
    changed = [sealed[:n] + bytes([sealed[n] ^ 1]) + sealed[n + 1 :] for n in range(len(sealed))]
    for wrong in [*changed, *(sealed[:n] for n in range(len(sealed))), sealed + b"\0"]:
        with pytest.raises(SealBrokenError):
            vault.unseal(wrong)


def test_a_kind_is_not_another(vault: Vault) -> None:
    sealed = vault.seal_token("a" * 43)
    assert vault.unseal_token(sealed) == "a" * 43
    with pytest.raises(SealBrokenError):
        vault.unseal(sealed)
    with pytest.raises(SealBrokenError):
        vault.unseal_token(vault.seal(SUBSCRIPTION))


def test_a_topic_is_the_same_for_a_contact_here_and_nowhere_else(vault: Vault, tmp_path: Path) -> None:
    """A push service sees it, and the ids of contacts are public."""
    create_vault_key(tmp_path / "other")
    elsewhere = load_vault(tmp_path / "other")
    ids = [f"contact-{number}" for number in range(200)]
    here = [vault.topic(id_) for id_ in ids]
    assert len({*here, *(elsewhere.topic(id_) for id_ in ids)}) == 400
    assert here == [vault.topic(id_) for id_ in ids]
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{1,32}", topic) for topic in here)


def test_another_key_opens_and_finds_nothing(vault: Vault, tmp_path: Path) -> None:
    create_vault_key(tmp_path / "other")
    other = load_vault(tmp_path / "other")
    assert vault.endpoint_hash(ENDPOINT) == vault.endpoint_hash(ENDPOINT) != other.endpoint_hash(ENDPOINT)
    with pytest.raises(SealBrokenError):
        other.unseal(vault.seal(SUBSCRIPTION))


def test_its_key_is_private_and_never_replaced(tmp_path: Path) -> None:
    create_vault_key(tmp_path)
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        create_vault_key(tmp_path)


@pytest.mark.parametrize("body", [None, b"", b"short\n", b"\xff" * 32, b"not base64url! not base64url! not base64url"])
def test_a_key_missing_or_spoiled_is_told(tmp_path: Path, body: bytes | None) -> None:
    if body is not None:
        (tmp_path / KEY_FILE).write_bytes(body)
    with pytest.raises(KeyMissingError, match="restore it"):
        load_vault(tmp_path)


def test_any_text_has_a_token_hash() -> None:
    assert token_hash("\ud800") != token_hash("") != token_hash("a")

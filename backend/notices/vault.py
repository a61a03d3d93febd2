"""The one door to what the database holds of a browser: found by a keyed hash, read with a key kept elsewhere.

A stolen database or backup names nobody and reaches nobody without the key file.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backend.base64url import base64url, from_base64url
from backend.files import KeyMissingError, write_private

KEY_FILE = "vault.key"
KEY_BYTES = 32
P256DH_BYTES = 65
AUTH_BYTES = 16
_NONCE_BYTES = 12
_KEYS_END = P256DH_BYTES + AUTH_BYTES
# Bound to each ciphertext: one kind cannot be put in the place of another.
_SUBSCRIPTION = b"appui subscription 1"
_TOKEN = b"appui activation token 1"


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a message to a browser needs (RFC 8030, RFC 8291)."""

    endpoint: str
    p256dh: bytes  # uncompressed point, 65 bytes
    auth: bytes  # 16 bytes


class SealBrokenError(ValueError):
    """Not sealed by this vault, or altered since."""


class Vault:
    """AES-256-GCM with a random nonce of 96 bits: some billion seals before a key is worn out (NIST SP 800-38D)."""

    def __init__(self, key: bytes) -> None:
        self._hash_key = _derived(key, b"appui endpoint hash 1")
        self._topic_key = _derived(key, b"appui topic 1")
        self._aead = AESGCM(_derived(key, b"appui seal 1"))

    def endpoint_hash(self, endpoint: str) -> bytes:
        """32 bytes: the same endpoint gives the same, and nobody without the key can tell which."""
        return hmac.digest(self._hash_key, endpoint.encode("utf-8", "surrogatepass"), "sha256")

    def topic(self, contact: str) -> str:
        """Under which a push service keeps the last message about a contact alone (RFC 8030, 5.4): 22 characters of
        base64url. Without the key nobody can tell which: ids are public, and few."""
        return base64url(hmac.digest(self._topic_key, contact.encode(), "sha256")[:16])

    def seal(self, subscription: Subscription) -> bytes:
        return self._seal(subscription.p256dh + subscription.auth + subscription.endpoint.encode(), _SUBSCRIPTION)

    def unseal(self, sealed: bytes) -> Subscription:
        """Raises SealBrokenError. A few microseconds: a fan-out does it for each message."""
        plain = self._unseal(sealed, _SUBSCRIPTION)
        return Subscription(plain[_KEYS_END:].decode(), plain[:P256DH_BYTES], plain[P256DH_BYTES:_KEYS_END])

    def seal_token(self, token: str) -> bytes:
        return self._seal(token.encode(), _TOKEN)

    def unseal_token(self, sealed: bytes) -> str:
        """The activation token that the echo carries. Raises SealBrokenError."""
        return self._unseal(sealed, _TOKEN).decode()

    def _seal(self, plain: bytes, kind: bytes) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._aead.encrypt(nonce, plain, kind)

    def _unseal(self, sealed: bytes, kind: bytes) -> bytes:
        try:
            return self._aead.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], kind)
        except (InvalidTag, ValueError) as error:
            raise SealBrokenError("not sealed by this key") from error


def token_hash(token: str) -> bytes:
    """What is stored of an activation token or a secret. They are 256 random bits: a fast hash is enough, and a look-up
    by it tells nothing through time of the tokens that exist."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()


def load_vault(keys_dir: Path) -> Vault:
    """Raises KeyMissingError where its key is not there or not whole."""
    path = keys_dir / KEY_FILE
    try:
        key = from_base64url(path.read_text("ascii").strip())
    except FileNotFoundError as error:
        raise KeyMissingError(f"no key of subscriptions at {path}: restore it from its copy") from error
    except ValueError as error:
        raise KeyMissingError(f"{path} cannot be read: restore it from its copy") from error
    if len(key) != KEY_BYTES:
        raise KeyMissingError(f"{path} is not a key of {KEY_BYTES} bytes: restore it from its copy")
    return Vault(key)


def create_vault_key(keys_dir: Path) -> None:
    """Make the key of a first start; raises FileExistsError rather than replace one."""
    write_private(keys_dir / KEY_FILE, base64url(secrets.token_bytes(KEY_BYTES)).encode() + b"\n")


def _derived(key: bytes, purpose: bytes) -> bytes:
    """One key a purpose (RFC 5869)."""
    return HKDF(SHA256(), 32, salt=None, info=purpose).derive(key)

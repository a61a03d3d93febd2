"""RFC 8291: a message that only one browser can read, in the encoding of RFC 8188 (aes128gcm), in one record.

Written here rather than taken from a library: half of the work of a fan-out is this, and the one library there is
spends as long again around the arithmetic as in it. The arithmetic itself is OpenSSL's, through `cryptography`.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SALT_BYTES, KEY_BYTES, NONCE_BYTES, SECRET_BYTES = 16, 16, 12, 32
RECORD_BYTES = 4_096
LAST_RECORD = b"\x02"
MOST_BYTES = 3_993  # what every push service takes (RFC 8291, 4)


def encrypt(p256dh: bytes, auth: bytes, plain: bytes) -> bytes:
    """For the browser whose public point (65 bytes, uncompressed) and secret (16 bytes) these are.

    Raises ValueError where the point is not on the curve or the message is longer than MOST_BYTES.
    """
    return seal(p256dh, auth, plain, ec.generate_private_key(CURVE), os.urandom(SALT_BYTES))


def seal(p256dh: bytes, auth: bytes, plain: bytes, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The same with the key and the salt given, which are to serve once."""
    if len(plain) > MOST_BYTES:
        raise ValueError(f"a push holds {MOST_BYTES} bytes, not {len(plain)}")
    public = own.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    shared = own.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, p256dh))
    secret = _derived(shared, auth, b"WebPush: info\0" + p256dh + public, SECRET_BYTES)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", KEY_BYTES)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", NONCE_BYTES)
    header = salt + RECORD_BYTES.to_bytes(4) + bytes([len(public)]) + public
    return header + AESGCM(key).encrypt(nonce, plain + LAST_RECORD, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

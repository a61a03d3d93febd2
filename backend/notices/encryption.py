"""RFC 8291: a message that only one browser can read, in the encoding of RFC 8188 (aes128gcm), in one record.

Written here rather than taken from a library: half of the work of a fan-out is this, and the one library there is
spends as long again around the arithmetic as in it. The arithmetic itself is OpenSSL's, through `cryptography` and
`hmac`.
"""

from __future__ import annotations

import hmac
import os

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE = ec.SECP256R1()
SALT_BYTES, KEY_BYTES, NONCE_BYTES = 16, 16, 12
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
    # RFC 8291, 3.4, in its own steps: each derived value is the beginning of one HMAC.
    secret = _hmac(_hmac(auth, shared), b"WebPush: info\0" + p256dh + public + b"\1")
    content = _hmac(salt, secret)
    key = _hmac(content, b"Content-Encoding: aes128gcm\0\1")[:KEY_BYTES]
    nonce = _hmac(content, b"Content-Encoding: nonce\0\1")[:NONCE_BYTES]
    header = salt + RECORD_BYTES.to_bytes(4) + bytes([len(public)]) + public
    return header + AESGCM(key).encrypt(nonce, plain + LAST_RECORD, None)


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")

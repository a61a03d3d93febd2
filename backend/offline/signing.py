"""The one door to the keys that sign editions: ECDSA P-256 with SHA-256, kept outside the database.

Ed25519 is too young in browsers (Chrome 137): old phones could not check it.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature

from backend.base64url import base64url, from_base64url
from backend.files import KeyMissingError, write_private
from backend.settings import EDITION_KEY

_ALGORITHM = ec.ECDSA(hashes.SHA256())
Jwk = dict[str, str]


class SigningKey:
    def __init__(self, private: ec.EllipticCurvePrivateKey) -> None:
        self._private = private
        self.jwk = public_jwk(private.public_key())
        self.id = self.jwk["kid"]

    def sign(self, text: str) -> str:
        """base64url of r||s (64 bytes) over the UTF-8 bytes of the text: the form WebCrypto takes."""
        r, s = decode_dss_signature(self._private.sign(text.encode(), _ALGORITHM))
        return base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def public_jwk(public: ec.EllipticCurvePublicKey) -> Jwk:
    """The key as a JWK (RFC 7517); its id is its thumbprint."""
    numbers = public.public_numbers()
    jwk = {
        "crv": "P-256",
        "kty": "EC",
        "x": base64url(numbers.x.to_bytes(32, "big")),
        "y": base64url(numbers.y.to_bytes(32, "big")),
    }
    return {**jwk, "alg": "ES256", "use": "sig", "kid": thumbprint(jwk)}


def thumbprint(jwk: Jwk) -> str:
    """RFC 7638: a digest of what makes the key, whatever else the JWK says."""
    needed = {name: jwk[name] for name in ("crv", "kty", "x", "y")}
    return base64url(hashlib.sha256(json.dumps(needed, separators=(",", ":"), sort_keys=True).encode()).digest())


def verify(jwk: Jwk, text: str, signature: str) -> bool:
    """Whether the signature is this key's over this text; False on any malformed input."""
    try:
        raw = from_base64url(signature)
        if len(raw) != 64:
            return False
        x, y = (int.from_bytes(from_base64url(jwk[axis]), "big") for axis in "xy")
        public = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
        public.verify(der, text.encode(), _ALGORITHM)
    except (InvalidSignature, ValueError, KeyError):
        return False
    return True


def load_key(keys_dir: Path) -> SigningKey:
    """The key in use; raises KeyMissingError where there is none."""
    try:
        pem = (keys_dir / EDITION_KEY).read_bytes()
    except FileNotFoundError as error:
        raise KeyMissingError(f"no signing key at {keys_dir / EDITION_KEY}: restore it from its backup") from error
    try:
        private = serialization.load_pem_private_key(pem, password=None)
    except ValueError as error:
        raise KeyMissingError(f"{keys_dir / EDITION_KEY} cannot be read: restore it from its backup") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey):
        raise KeyMissingError(f"{keys_dir / EDITION_KEY} is not a P-256 key")
    return SigningKey(private)


def create_key(keys_dir: Path) -> SigningKey:
    """Make the key of a first start, readable by its owner alone; an existing one is never replaced."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(keys_dir / EDITION_KEY, pem)
    return SigningKey(private)

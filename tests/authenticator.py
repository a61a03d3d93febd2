"""An authenticator in software (ES256), as honest or as false as a test wants it."""

from __future__ import annotations

import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import encode_cbor

from backend.base64url import base64url


class Authenticator:
    def __init__(self, origin: str, place: str = "localhost") -> None:
        self.origin, self.place = origin, place
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.credential = secrets.token_bytes(16)
        self.handle = b""
        self.count = 0

    def create(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.create`."""
        from backend.base64url import from_base64url

        self.handle = from_base64url(options["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        cose = {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        attested = bytes(16) + len(self.credential).to_bytes(2, "big") + self.credential + encode_cbor(cose)
        data = self._data(0x41, lies) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": base64url(self._client("webauthn.create", options["challenge"], lies)),
            "attestationObject": base64url(attestation),
        }
        return self._answer(response)

    def get(self, options: dict[str, Any], **lies: Any) -> dict[str, Any]:
        """The answer to `navigator.credentials.get`."""
        self.count += lies.get("step", 1)
        client, data = self._client("webauthn.get", options["challenge"], lies), self._data(0x01, lies)
        signature = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        response = {
            "clientDataJSON": base64url(client),
            "authenticatorData": base64url(data),
            "signature": base64url(lies.get("signature", signature)),
            "userHandle": base64url(lies.get("handle", self.handle)),
        }
        return self._answer(response)

    def _answer(self, response: dict[str, str]) -> dict[str, Any]:
        name = base64url(self.credential)
        return {"id": name, "rawId": name, "type": "public-key", "response": response}

    def _client(self, kind: str, challenge: str, lies: dict[str, Any]) -> bytes:
        told = {
            "type": lies.get("type", kind),
            "challenge": lies.get("challenge", challenge),
            "origin": lies.get("origin", self.origin),
            "crossOrigin": lies.get("cross_origin", False),
        }
        return json.dumps(told).encode()

    def _data(self, flags: int, lies: dict[str, Any]) -> bytes:
        flags |= lies.get("verified", 0x04)
        place = hashlib.sha256(lies.get("place", self.place).encode()).digest()
        return place + bytes([flags]) + self.count.to_bytes(4, "big")

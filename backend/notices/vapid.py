"""The keys by which push services know us (VAPID, RFC 8292): P-256, in files beside the other keys.

A subscription is tied to the key it was made with. So the newest key is offered to browsers, and the older ones go
on signing for the subscriptions made with them.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid.jwt import sign

from backend.base64url import base64url
from backend.files import KeyMissingError, write_private
from backend.settings import Settings

FILES = "push-key-*.pem"
# RFC 8292 allows a day. A stolen header serves little and not for long; half its life forgives a clock that is wrong.
LIFE_SECONDS = 3600
RENEW_SECONDS = LIFE_SECONDS // 2
MOST_HEADERS = 256  # a stranger can invent hosts of a datacentre


@dataclass(frozen=True)
class PushKey:
    number: int
    private: ec.EllipticCurvePrivateKey = field(repr=False)
    public: str  # applicationServerKey: base64url of the uncompressed point

    @property
    def id(self) -> str:
        """What a subscription remembers of its key: a digest of the public half."""
        return base64url(hashlib.sha256(self.public.encode()).digest()[:16])


class Vapid:
    """Every push key, and the headers signed with them. A rotation by another process is seen at the next need."""

    def __init__(self, keys_dir: Path, contact: str) -> None:
        self._keys_dir = keys_dir
        self._contact = contact
        self._files: frozenset[str] = frozenset()
        self._keys: dict[str, PushKey] = {}
        self._headers: dict[tuple[str, str], tuple[str, int]] = {}
        self._read()

    @property
    def ids(self) -> list[str]:
        """Ids of the keys that can sign, the newest last."""
        self._read()
        return list(self._keys)

    @property
    def current(self) -> PushKey:
        """The key that browsers subscribe with now."""
        self._read()
        return list(self._keys.values())[-1]

    def by_public(self, public: str) -> PushKey | None:
        """The live key whose public half a browser holds, if it is one of ours."""
        self._read()
        return next((key for key in self._keys.values() if key.public == public), None)

    def header(self, origin: str, key_id: str, moment: int) -> str:
        """`Authorization` for that push service (RFC 8292, 2 and 3), with at least half an hour to live.

        `origin` as in `addresses.endpoint_origin`; `moment` in seconds since the epoch. Raises KeyMissingError where
        the key of that subscription is not here.
        """
        header, renew = self._headers.get((origin, key_id), ("", 0))
        # A clock set back must not keep a header that expires in a far future.
        if not renew - RENEW_SECONDS <= moment < renew:
            header = self._signed(origin, self._key(key_id), moment + LIFE_SECONDS)
            if len(self._headers) >= MOST_HEADERS:
                self._headers.clear()
            self._headers[origin, key_id] = header, moment + RENEW_SECONDS
        return header

    def _key(self, key_id: str) -> PushKey:
        if key_id not in self._keys:
            self._read()
        if key_id not in self._keys:
            raise KeyMissingError(
                f"push key {key_id} is not in {self._keys_dir}: copy it there from the other machines"
            )
        return self._keys[key_id]

    def _signed(self, origin: str, key: PushKey, expires: int) -> str:
        claims: dict[str, object] = {"aud": origin, "exp": expires}
        if self._contact:
            claims["sub"] = self._contact
        return f"vapid t={sign(claims, key.private)}, k={key.public}"

    def _read(self) -> None:
        names = frozenset(path.name for path in self._keys_dir.glob(FILES))
        if names != self._files:
            self._keys = {key.id: key for key in push_keys(self._keys_dir)}
            self._files = names
        if not names:
            raise KeyMissingError(f"no push key in {self._keys_dir}: restore it from its copy")


def load_vapid(settings: Settings) -> Vapid:
    """Raises KeyMissingError where there is no push key, or one that cannot be read."""
    return Vapid(settings.keys_dir, contact_of(settings))


def contact_of(settings: Settings) -> str:
    """Whom a push service may write to (`sub`): Apple refuses messages without. Ours by default is the site itself;
    nothing at all on a machine that only its developer reaches, rather than a false address."""
    if settings.contact:
        return settings.contact
    return settings.public_url if settings.public_url.startswith("https://") else ""


def push_keys(keys_dir: Path) -> list[PushKey]:
    """Every key, the one in use last. Raises KeyMissingError on one that cannot be read."""
    return sorted(map(_read_key, keys_dir.glob(FILES)), key=lambda key: key.number)


def create_push_key(keys_dir: Path) -> PushKey:
    """Make the next key, which browsers will subscribe with; the older ones stay."""
    numbers = [_number(path) for path in keys_dir.glob(FILES)]
    path = keys_dir / f"push-key-{max(numbers, default=0) + 1:04}.pem"
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    write_private(path, pem)
    return _read_key(path)


def remove_push_key(keys_dir: Path, key_id: str) -> bool:
    """Whether there was such a key to remove. Nothing can be sent any more to what was made with it."""
    for path in keys_dir.glob(FILES):
        if _read_key(path).id == key_id:
            path.unlink()
            return True
    return False


def _read_key(path: Path) -> PushKey:
    try:
        private = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except ValueError as error:
        raise KeyMissingError(f"{path} cannot be read: restore it from its copy") from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or not isinstance(private.curve, ec.SECP256R1):
        raise KeyMissingError(f"{path} is not a P-256 key")
    point = private.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return PushKey(_number(path), private, base64url(point))


def _number(path: Path) -> int:
    digits = path.stem.rpartition("-")[2]
    if not digits.isascii() or not digits.isdigit():
        raise KeyMissingError(f"{path}: a push key is named push-key-0001.pem, its number telling the newest")
    return int(digits)

"""What browsers send us, read: one form each, every fault told in French, nothing quoted back."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from backend.base64url import from_base64url
from backend.notices.addresses import RefusedEndpointError, endpoint_origin
from backend.notices.pending import Asked
from backend.notices.vapid import Vapid
from backend.notices.vault import AUTH_BYTES, P256DH_BYTES, Subscription

MOST_CONTACTS = 60
LONGEST_KEY = 100  # characters: 88 are enough for a point with its padding


class RefusedAskingError(ValueError):
    """The message, in French, says what to mend. Of what was sent it holds nothing."""


def read_object(body: bytes) -> dict[str, Any]:
    """The JSON object that a body holds, each of its names once."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise RefusedAskingError("Un objet JSON est attendu.")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise ValueError("a name is written twice")
    return values


def _no_constant(_name: str) -> None:
    raise ValueError("NaN and Infinity are not JSON")


def text(values: dict[str, Any], key: str) -> str:
    """What is written there, and nothing where that is no text: for what is only compared."""
    value = values.get(key)
    return value if isinstance(value, str) else ""


def only(values: dict[str, Any], *keys: str) -> None:
    if values.keys() - set(keys):
        raise RefusedAskingError(f"Une clé inconnue est présente. Les clés sont : {', '.join(keys)}.")


def read_asked(values: dict[str, Any], extra: Collection[str], vapid: Vapid, known: Collection[str]) -> Asked:
    """A wish to subscribe; `known`: the contacts that can be followed. Raises RefusedAskingError."""
    # `expirationTime` is in what a browser writes of itself (PushSubscription.toJSON); nothing depends on it.
    only(values, "endpoint", "keys", "contacts", "push_key", "expirationTime")
    keys = values.get("keys")
    if not isinstance(keys, dict):
        raise RefusedAskingError("« keys » doit contenir « p256dh » et « auth ».")
    only(keys, "p256dh", "auth")
    endpoint = text(values, "endpoint")
    try:
        origin = endpoint_origin(endpoint, extra)
    except RefusedEndpointError as error:
        raise RefusedAskingError("« endpoint » n’est pas une adresse d’un service de notification connu.") from error
    subscription = Subscription(endpoint, _point(text(keys, "p256dh")), _auth(text(keys, "auth")))
    return Asked(subscription, origin, _push_key(values, vapid), read_contacts(values, known))


def read_contacts(values: dict[str, Any], known: Collection[str]) -> tuple[str, ...]:
    contacts = values.get("contacts")
    if not isinstance(contacts, list) or not all(isinstance(item, str) for item in contacts):
        raise RefusedAskingError("« contacts » doit être une liste d’identifiants.")
    chosen = tuple(sorted(set(contacts)))
    if not 1 <= len(chosen) <= MOST_CONTACTS:
        raise RefusedAskingError(f"Choisissez de 1 à {MOST_CONTACTS} contacts.")
    if not set(chosen) <= set(known):
        raise RefusedAskingError("Un de ces contacts n’existe pas, ou n’existe plus.")
    return chosen


def _push_key(values: dict[str, Any], vapid: Vapid) -> str:
    """The key it was made with: just after a rotation, a page opened before still holds the old one."""
    if "push_key" not in values:
        return vapid.current.id
    key = vapid.by_public(text(values, "push_key").rstrip("="))
    if key is None:
        raise RefusedAskingError("Cette clé a changé. Rechargez la page, puis recommencez.")
    return key.id


def _point(written: str) -> bytes:
    """A point of P-256 (RFC 8291, 3.1): encrypting towards anything else would fail, for each notice again."""
    try:
        point = _bytes(written, P256DH_BYTES)
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        raise RefusedAskingError("« p256dh » n’est pas une clé publique P-256 de 65 octets.") from error
    return point


def _auth(written: str) -> bytes:
    try:
        return _bytes(written, AUTH_BYTES)
    except ValueError as error:
        raise RefusedAskingError("« auth » doit tenir en 16 octets.") from error


def _bytes(written: str, length: int) -> bytes:
    value = from_base64url(written) if len(written) <= LONGEST_KEY else b""
    if len(value) != length:
        raise ValueError(f"not {length} bytes")
    return value

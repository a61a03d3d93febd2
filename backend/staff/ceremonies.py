"""The two WebAuthn ceremonies, by the `webauthn` library: options out, answers verified. No database here.

The library leaves three things to its caller: user verification is asked for, each challenge is used once
(`challenges`), and an answer made inside a page of another site (`crossOrigin`) is refused.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from backend.base64url import from_base64url
from backend.staff.people import Identity
from backend.staff.place import Place

LIFETIME_MS = 5 * 60 * 1000
_VERIFIED = UserVerificationRequirement.REQUIRED


class RefusedAnswerError(ValueError):
    """An authenticator's answer that does not hold; the message says nothing to whoever forged it."""


@dataclass(frozen=True)
class Enrolled:
    credential: bytes
    public_key: bytes
    sign_count: int


@dataclass(frozen=True)
class Known:
    """A passkey as stored."""

    public_key: bytes
    sign_count: int


def enrolment_options(place: Place, identity: Identity, challenge: bytes, known: Sequence[bytes]) -> dict[str, Any]:
    """What `navigator.credentials.create` is given: a passkey found without typing a name, that checks its holder."""
    options = generate_registration_options(
        rp_id=place.name or "",
        rp_name="Appui",
        user_id=identity.handle,
        user_name=identity.name,
        challenge=challenge,
        timeout=LIFETIME_MS,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, require_resident_key=True, user_verification=_VERIFIED
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
    )
    return dict(json.loads(options_to_json(options)))


def sign_in_options(place: Place, challenge: bytes, known: Sequence[bytes] = ()) -> dict[str, Any]:
    """What `navigator.credentials.get` is given; without `known`, any passkey of this place will do."""
    options = generate_authentication_options(
        rp_id=place.name or "",
        challenge=challenge,
        timeout=LIFETIME_MS,
        allow_credentials=[PublicKeyCredentialDescriptor(id=credential) for credential in known],
        user_verification=_VERIFIED,
    )
    return dict(json.loads(options_to_json(options)))


def asked_challenge(answer: Any) -> bytes:
    """The challenge that an answer says it answers. Raises RefusedAnswerError on anything malformed."""
    try:
        told = json.loads(from_base64url(answer["response"]["clientDataJSON"]))
        if told.get("crossOrigin"):
            raise RefusedAnswerError("made inside another site's page")
        return from_base64url(told["challenge"])
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise RefusedAnswerError("not an answer of an authenticator") from error


def credential_id(answer: Any) -> bytes:
    try:
        return from_base64url(answer["rawId"])
    except (ValueError, TypeError, LookupError) as error:
        raise RefusedAnswerError("not an answer of an authenticator") from error


def check_enrolment(place: Place, answer: Any, challenge: bytes) -> Enrolled:
    """The new passkey, or RefusedAnswerError."""
    try:
        found = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.name or "",
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except Exception as error:  # a hostile answer can fail anywhere inside the parsers
        raise RefusedAnswerError("not an answer of an authenticator to this") from error
    return Enrolled(found.credential_id, found.credential_public_key, found.sign_count)


def check_sign_in(place: Place, answer: Any, challenge: bytes, known: Known) -> int:
    """The new sign count, or RefusedAnswerError: wrong signature, origin, place, counter, or nobody verified."""
    try:
        found = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.name or "",
            expected_origin=place.origin,
            credential_public_key=known.public_key,
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except Exception as error:
        raise RefusedAnswerError("not an answer of an authenticator to this") from error
    return found.new_sign_count

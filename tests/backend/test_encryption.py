"""Messages as RFC 8291 writes them: its own example, and what another implementation reads."""

from __future__ import annotations

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.base64url import base64url, from_base64url
from backend.notices.encryption import CURVE, MOST_BYTES, encrypt, seal
from tests.push_service import Browser

# RFC 8291, appendix A.
PLAIN = b"When I grow up, I want to be a watermelon"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
OWN_SECRET = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
SEALED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_the_rfc() -> None:
    own = ec.derive_private_key(int.from_bytes(from_base64url(OWN_SECRET)), CURVE)
    sealed = seal(from_base64url(RECEIVER), from_base64url(AUTH), PLAIN, own, from_base64url(SALT))
    assert base64url(sealed) == SEALED


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=MOST_BYTES))
def test_another_implementation_reads_them(plain: bytes) -> None:
    browser = Browser("https://push.example/1")
    sealed = encrypt(browser.p256dh, browser.auth, plain)
    assert http_ece.decrypt(sealed, private_key=browser.private, auth_secret=browser.auth, version="aes128gcm") == plain
    assert len(sealed) == len(plain) + 103


def test_no_two_messages_share_a_key_or_a_salt() -> None:
    browser = Browser("https://push.example/1")
    made = [encrypt(browser.p256dh, browser.auth, PLAIN) for _ in range(100)]
    assert len({one[:16] for one in made}) == len({one[21:86] for one in made}) == 100


@pytest.mark.parametrize(
    "point",
    [b"", bytes(65), b"\x04" + bytes(64), b"\x04" + b"\xff" * 64],
    ids=["none", "infinity", "zeros", "too-great"],
)
def test_a_point_off_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        encrypt(point, bytes(16), PLAIN)


def test_what_no_service_would_take_is_refused() -> None:
    browser = Browser("https://push.example/1")
    with pytest.raises(ValueError, match="3993"):
        encrypt(browser.p256dh, browser.auth, bytes(MOST_BYTES + 1))

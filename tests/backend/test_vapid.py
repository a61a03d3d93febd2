"""Push keys: headers that push services accept, and a change of key that cuts nobody off."""

from __future__ import annotations

import json
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from backend.base64url import from_base64url
from backend.files import KeyMissingError
from backend.notices.vapid import MOST_HEADERS, Vapid, contact_of, create_push_key, load_vapid, remove_push_key
from backend.settings import Settings, from_environment

MOMENT = 1_790_000_000
FIREFOX = "https://updates.push.services.mozilla.com"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = from_environment({"APPUI_DATA_DIR": str(tmp_path), "APPUI_CONTACT": "mailto:equipe@example.org"})
    create_push_key(made.keys_dir)
    return made


@pytest.fixture
def vapid(settings: Settings) -> Vapid:
    return load_vapid(settings)


def read(header: str) -> tuple[dict[str, object], str]:
    """Claims and public key, after checking the signature as a push service does."""
    scheme, _, rest = header.partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    raw = from_base64url(signature)
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_base64url(parts["k"]))
    der = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert scheme == "vapid"
    assert json.loads(from_base64url(head)) == {"typ": "JWT", "alg": "ES256"}
    return json.loads(from_base64url(claims)), parts["k"]


def test_a_header_says_who_to_whom_until_when(vapid: Vapid) -> None:
    claims, public = read(vapid.header(FIREFOX, vapid.current.id, MOMENT))
    assert claims == {"aud": FIREFOX, "exp": MOMENT + 3600, "sub": "mailto:equipe@example.org"}
    assert public == vapid.current.public
    assert len(from_base64url(public)) == 65


def test_headers_are_kept_for_each_service_and_renewed_in_time(vapid: Vapid) -> None:
    key = vapid.current.id
    first = vapid.header(FIREFOX, key, MOMENT)
    assert vapid.header(FIREFOX, key, MOMENT + 1799) == first
    assert vapid.header("https://fcm.googleapis.com", key, MOMENT) != first
    later = read(vapid.header(FIREFOX, key, MOMENT + 1800))[0]
    assert later["exp"] == MOMENT + 1800 + 3600
    earlier = read(vapid.header(FIREFOX, key, MOMENT - 86_400))[0]
    assert earlier["exp"] == MOMENT - 86_400 + 3600, "a clock set back must not give a day to a header"


def test_invented_hosts_fill_no_memory(vapid: Vapid) -> None:
    """Anybody may ask for an echo at a host of a datacentre that is none."""
    hosts = [f"https://x{number}.notify.windows.com" for number in range(MOST_HEADERS + 10)]
    headers = {vapid.header(host, vapid.current.id, MOMENT) for host in hosts}
    assert len(headers) == len(hosts)
    kept = vapid.header(hosts[-1], vapid.current.id, MOMENT)
    assert kept in headers, "the newest are kept"
    assert vapid.header(hosts[0], vapid.current.id, MOMENT) not in headers, "the oldest are signed again"


@pytest.mark.parametrize("origin", ["http://127.0.0.1:9000", "https://[::1]:8443", "https://localhost:9000"])
def test_services_of_the_settings_are_signed_for_too(vapid: Vapid, origin: str) -> None:
    assert read(vapid.header(origin, vapid.current.id, MOMENT))[0]["aud"] == origin


def test_after_a_rotation_both_keys_sign_in_every_process(vapid: Vapid, settings: Settings) -> None:
    old = vapid.current
    new = create_push_key(settings.keys_dir)
    assert vapid.current == vapid.by_public(new.public)
    assert vapid.ids == [old.id, new.id]
    for key in (old, new):
        assert read(vapid.header(FIREFOX, key.id, MOMENT))[1] == key.public
    assert remove_push_key(settings.keys_dir, old.id)
    assert vapid.ids == [new.id]
    assert vapid.by_public(old.public) is None


def test_a_key_is_private_and_its_numbers_go_on(settings: Settings) -> None:
    for _ in range(11):
        create_push_key(settings.keys_dir)
    names = sorted(path.name for path in settings.keys_dir.iterdir())
    assert (names[0], names[-1]) == ("push-key-0001.pem", "push-key-0012.pem")
    assert {stat.S_IMODE(path.stat().st_mode) for path in settings.keys_dir.iterdir()} == {0o600}


def test_a_key_missing_or_spoiled_is_told(vapid: Vapid, settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(KeyMissingError, match="copy it"):
        vapid.header(FIREFOX, "unknown", MOMENT)
    with pytest.raises(KeyMissingError, match="restore it"):
        load_vapid(replace(settings, data_dir=tmp_path / "elsewhere"))
    file = settings.keys_dir / "push-key-0001.pem"
    whole = file.read_bytes()
    file.unlink()
    with pytest.raises(KeyMissingError, match="restore it"):
        _ = vapid.current
    file.write_bytes(whole)
    assert vapid.current
    file.write_text("spoiled")
    with pytest.raises(KeyMissingError, match="restore it"):
        load_vapid(settings)


def test_who_may_be_written_to(settings: Settings) -> None:
    assert contact_of(settings) == "mailto:equipe@example.org"
    assert contact_of(replace(settings, contact="", public_url="https://appui.example.org")).startswith("https://")
    nobody = replace(settings, contact="", public_url="http://127.0.0.1:8000")
    vapid = load_vapid(nobody)
    assert "sub" not in read(vapid.header(FIREFOX, vapid.current.id, MOMENT))[0]

"""Keys of notices: made at the first start, demanded afterwards, replaced and given up by command."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select

from backend import clock
from backend.base64url import base64url
from backend.files import KeyMissingError
from backend.notices import vault
from backend.notices.doctor import notice_faults, notice_lines
from backend.notices.keys import prepare_keys
from backend.notices.pending import Asked, activate, ask
from backend.notices.tables import pending_subscriptions, subscriptions
from backend.notices.vapid import create_push_key, load_vapid, push_keys, remove_push_key
from backend.notices.vault import load_vault
from backend.settings import Settings, from_environment
from backend.staff.audit import newest
from backend.storage.engine import open_engine, writing
from tests.builders import Server
from tests.subscribers import Browser


def subscribe(engine: Engine, settings: Settings, browser: Browser) -> None:
    """An active subscription, made with the key in use."""
    kept = load_vault(settings.keys_dir)
    subscription = vault.Subscription(browser.endpoint, browser.point, browser.auth)
    asked = Asked(subscription, "https://updates.push.services.mozilla.com", load_vapid(settings).current.id, ("3018",))
    with writing(engine).begin() as connection:
        ask(connection, kept, asked, clock.now())
        place = pending_subscriptions.c.endpoint_hash == kept.endpoint_hash(browser.endpoint)
        sealed = connection.execute(select(pending_subscriptions.c.token_sealed).where(place)).scalar_one()
        assert activate(connection, kept.unseal_token(sealed), clock.now())


def quiet(_line: str) -> None:
    pass


def test_a_start_makes_them_once(engine: Engine, settings: Settings) -> None:
    said: list[str] = []
    prepare_keys(settings, engine, said.append)
    files = {path.name: path.read_bytes() for path in settings.keys_dir.iterdir()}
    assert files.keys() == {"edition-key.pem", "vault.key", "push-key-0001.pem"}
    assert len(said) == 2
    prepare_keys(settings, engine, said.append)
    assert {path.name: path.read_bytes() for path in settings.keys_dir.iterdir()} == files
    assert len(said) == 2


@pytest.mark.parametrize("lost", ["vault.key", "push-key-0001.pem"])
def test_with_subscriptions_none_is_made_anew(engine: Engine, settings: Settings, lost: str) -> None:
    prepare_keys(settings, engine, quiet)
    subscribe(engine, settings, Browser("a"))
    (settings.keys_dir / lost).unlink()
    with pytest.raises(KeyMissingError, match="restore keys/ from its copy"):
        prepare_keys(settings, engine, quiet)
    assert not (settings.keys_dir / lost).exists()


def test_the_keys_of_another_server_are_known_for_what_they_are(engine: Engine, settings: Settings) -> None:
    prepare_keys(settings, engine, quiet)
    subscribe(engine, settings, Browser("a"))
    shutil.rmtree(settings.keys_dir)
    vault.create_vault_key(settings.keys_dir)
    create_push_key(settings.keys_dir)
    with engine.connect() as connection:
        faults = notice_faults(connection, settings)
    assert len(faults) == 2
    assert "vault.key is not the key of these subscriptions" in faults[0]
    assert "is missing and subscriptions were made with it" in faults[1]


def test_each_key_in_use_is_demanded(engine: Engine, settings: Settings) -> None:
    prepare_keys(settings, engine, quiet)
    for number in range(3):
        subscribe(engine, settings, Browser(f"b{number}"))
        create_push_key(settings.keys_dir)
    prepare_keys(settings, engine, quiet)
    oldest, middle, *_ = push_keys(settings.keys_dir)
    remove_push_key(settings.keys_dir, middle.id)
    with pytest.raises(KeyMissingError, match=f"push key {middle.id} is missing.*push-key forget {middle.id}"):
        prepare_keys(settings, engine, quiet)
    with engine.connect() as connection:
        assert any(f"push key {oldest.id} still signs" in line for line in notice_lines(connection, settings))


def test_a_lost_key_of_the_vault_takes_the_questions_along(engine: Engine, settings: Settings) -> None:
    prepare_keys(settings, engine, quiet)
    kept, vapid = load_vault(settings.keys_dir), load_vapid(settings)
    browser = Browser("a")
    subscription = vault.Subscription(browser.endpoint, browser.point, browser.auth)
    with writing(engine).begin() as connection:
        ask(connection, kept, Asked(subscription, "https://x", vapid.current.id, ("3018",)), clock.now())
    (settings.keys_dir / "vault.key").unlink()
    prepare_keys(settings, engine, quiet)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(pending_subscriptions)).scalar() == 0


def test_the_doctor_says_whom_push_services_may_write_to(engine: Engine, settings: Settings) -> None:
    prepare_keys(settings, engine, quiet)
    with engine.connect() as connection:
        assert list(notice_lines(connection, settings)) == ["0 subscriptions"]
    subscribe(engine, settings, Browser("a"))
    with engine.connect() as connection:
        assert any("APPUI_CONTACT is not set" in line for line in notice_lines(connection, settings))
        told = list(notice_lines(connection, replace(settings, contact="mailto:a@example.org")))
    assert told == ["1 subscriptions"]


def test_rotating_listing_and_giving_up_by_command(server_at_rest: Server) -> None:
    settings = from_environment({"APPUI_DATA_DIR": str(server_at_rest.data_dir)})
    engine = open_engine(settings)
    subscribe(engine, settings, Browser("a"))
    new = server_at_rest.command("push-key", "rotate").stdout.strip()
    old, current = json.loads(server_at_rest.command("push-key", "list", "--json").stdout)
    assert (old["subscriptions"], current) == (1, {"id": new, "subscriptions": 0})
    refused = server_at_rest.command("push-key", "forget", new, check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    for wrong in ((), ("unknown", "--all"), ("--unknown", "--all")):
        assert server_at_rest.command("push-key", "forget", *wrong, check=False).returncode == 2
    for unknown in ("unknown", "-ASRDbN49VVic5AbjtndfQ", "--unknown"):
        answer = server_at_rest.command("push-key", "forget", unknown, check=False)
        assert (answer.returncode, answer.stderr) == (2, f"appui: no push key {unknown}\n")
    assert server_at_rest.command("push-key", "forget", old["id"]).stdout == "1 subscriptions forgotten\n"
    assert load_vapid(settings).ids == [new]
    with engine.connect() as connection:
        told = [(entry.actor, entry.action, entry.subject) for entry in newest(connection, 2)]
    assert told == [("operator", "push-key forget", old["id"]), ("operator", "push-key rotate", new)]
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(subscriptions)).scalar() == 0


def test_a_start_refuses_and_its_way_out_works(server_at_rest: Server) -> None:
    settings = from_environment({"APPUI_DATA_DIR": str(server_at_rest.data_dir)})
    subscribe(open_engine(settings), settings, Browser("a"))
    key = load_vapid(settings).current.id
    (settings.keys_dir / "push-key-0001.pem").unlink()
    create_push_key(settings.keys_dir)
    refused = server_at_rest.command("serve", check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert f"appui push-key forget {key}" in refused.stderr
    doctor = server_at_rest.command("doctor", check=False)
    assert doctor.returncode == 1
    assert key in doctor.stderr
    server_at_rest.command("push-key", "forget", key)
    assert server_at_rest.command("push-key", "list").returncode == 0
    (settings.keys_dir / "vault.key").write_text(base64url(bytes(32)))
    subscribe(open_engine(settings), settings, Browser("b"))
    (settings.keys_dir / "vault.key").unlink()
    refused = server_at_rest.command("editions", check=False)
    assert (refused.returncode, "push-key forget --all" in refused.stderr) == (2, True)
    assert server_at_rest.command("push-key", "forget", "--all").stdout == "1 subscriptions forgotten\n"
    assert server_at_rest.command("editions").returncode == 0


def test_keys_that_others_may_read_are_told(server_at_rest: Server) -> None:
    for name in ("vault.key", "push-key-0001.pem"):
        (server_at_rest.data_dir / "keys" / name).chmod(0o644)
    told = server_at_rest.command("doctor", check=False).stderr
    assert "vault.key can be read by others" in told
    assert "push-key-0001.pem can be read by others" in told

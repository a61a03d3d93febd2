"""The environment is read once, whole, and refused with every fault at once."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.offline.doctor import examine
from backend.settings import DESCRIPTIONS, SettingsError, from_environment


def test_an_empty_environment_gives_sound_defaults() -> None:
    settings = from_environment({})
    assert settings.database_url.startswith("sqlite:///")
    assert settings.exit_url.startswith("https://")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APPUI_TYPO", "1"),
        ("APPUI_EXIT_URL", "http://example.org/"),
        ("APPUI_EXIT_URL", "javascript:alert(1)"),
        ("APPUI_EXIT_URL", 'https://example.org/"onmouseover=x'),
        ("APPUI_EXIT_URL", "https://user@example.org/"),
        ("APPUI_PUBLIC_URL", "example.org"),
        ("APPUI_DATABASE_URL", "mysql://localhost/x"),
        ("APPUI_CONTACT", "someone@example.org"),
        ("APPUI_PUSH_HOSTS_EXTRA", "push.example.org"),
        ("APPUI_PUSH_HOSTS_EXTRA", "push.example.org:0"),
        ("APPUI_PUSH_HOSTS_EXTRA", "http://127.0.0.1:80"),
        ("APPUI_PUSH_HOSTS_EXTRA", "127.0.0.1:08080"),
        ("APPUI_PUSH_HOSTS_EXTRA", "127.0.0.1:²"),
        ("APPUI_PUSH_HOSTS_EXTRA", "127.0.0.1:99999"),
        ("APPUI_PUSH_HOSTS_EXTRA", "::1:8080"),
        ("APPUI_PUSH_HOSTS_EXTRA", "*.example.org:443"),
        ("APPUI_PUBLIC_URL", "https://example.org/appui"),
        ("APPUI_PUBLIC_URL", "https://example.org?x"),
        ("APPUI_PUBLIC_URL", "https://écoute.example"),
        ("APPUI_PUBLIC_URL", "https://example.org:99999"),
        ("APPUI_EXIT_URL", "https://example.org:port/"),
        ("APPUI_CONTACT", "mailto:"),
        ("APPUI_CONTACT", "https://"),
        ("APPUI_CONTACT", "mailto:team @example.org"),
        ("APPUI_DATABASE_URL", "sqlite:///"),
        ("APPUI_DATABASE_URL", "sqlite:///:memory:"),
        ("APPUI_DATABASE_URL", "sqlite:///file:x?mode=memory&uri=true"),
        ("APPUI_DATABASE_URL", "sqlite:////srv/appui.sqlite3?mode=memory"),
        ("APPUI_DATABASE_URL", "postgresql://db.example.org:port/appui"),
        ("APPUI_TRUSTED_PROXIES", "10.0.0.0/33"),
    ],
)
def test_a_bad_value_stops_the_start_and_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        from_environment({name: value})


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        from_environment({"APPUI_TYPO": "1", "APPUI_CONTACT": "nobody"})
    assert len(str(caught.value).splitlines()) == 2


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/x", "http://localhost:9/", "https://meteo.example/"])
def test_the_exit_may_be_https_or_loopback(url: str) -> None:
    assert from_environment({"APPUI_EXIT_URL": url}).exit_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("APPUI_PUSH_HOSTS_EXTRA", "127.0.0.1:8080, push-2.example.org:443,LOCALHOST:9,[::1]:65535"),
        ("APPUI_PUBLIC_URL", "https://appui.example.org/"),
        ("APPUI_PUBLIC_URL", "http://localhost:8000"),
        ("APPUI_PUBLIC_URL", "https://xn--coute-9ra.example"),
        ("APPUI_CONTACT", "mailto:equipe@example.org"),
        ("APPUI_CONTACT", "https://example.org/contact"),
        ("APPUI_DATABASE_URL", "sqlite:////srv/appui.sqlite3"),
        ("APPUI_DATABASE_URL", "postgresql://appui:p%40ss/w@db.example.org:5432/appui"),
        ("APPUI_DATABASE_URL", "postgresql://postgres:@/postgres?host=/run/postgresql"),
    ],
)
def test_what_an_operator_may_write(name: str, value: str) -> None:
    from_environment({name: value})


def test_other_peoples_variables_are_left_alone() -> None:
    assert from_environment({"PATH": "/bin", "HOME": "/"}) == from_environment({})
    assert len(DESCRIPTIONS) == 7


def test_the_doctor_shows_the_database_without_a_password(tmp_path: Path) -> None:
    url = "postgresql://appui:canary@127.0.0.1:1/appui?sslpassword=canary&password=canary&connect_timeout=1"
    settings = from_environment({"APPUI_DATA_DIR": str(tmp_path), "APPUI_DATABASE_URL": url})
    found = examine(settings, datetime.now(UTC))
    said = "\n".join([*found.lines, *found.faults])
    assert "postgresql+psycopg://appui:***@127.0.0.1:1/appui?connect_timeout=1 " in said
    assert "canary" not in said

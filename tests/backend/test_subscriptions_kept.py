"""What a thief would find of a browser: nothing in clear, in no file, backup, log or answer. And backups that serve."""

from __future__ import annotations

import base64
import json
import os
import shutil
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, select

import backend.staff.tables  # noqa: F401 - a backup holds the journal too
from backend.base64url import base64url
from backend.notices import tables
from backend.notices.vault import load_vault
from backend.settings import Settings, from_environment
from backend.storage.backup import restore_backup, write_backup
from backend.storage.engine import open_engine, writing
from backend.storage.tables import metadata
from tests.builders import Server, running_server
from tests.subscribers import PLACE, Browser, Desk, new_point, open_desk

ADDRESS = "203.0.113.77"
AGENT = "CanaryAgent/7.7"


@pytest.fixture
def desk(engine: Engine, settings: Settings) -> Iterator[Desk]:
    with open_desk(engine, settings) as opened:
        yield opened


def canaries(browser: Browser, *tokens: str) -> list[bytes]:
    """Every form in which a secret of that browser could be written."""
    found = [browser.endpoint.encode(), browser.name.encode(), ADDRESS.encode(), AGENT.encode()]
    for raw in (browser.point, browser.auth):
        found += [raw, base64.b64encode(raw)[:-4], base64url(raw).encode(), raw.hex().encode()]
    for token in tokens:
        found += [token.encode(), base64.urlsafe_b64decode(token + "=")]
    return found


def browsers(number: int) -> list[Browser]:
    return [Browser(f"canary-{os.urandom(8).hex()}", point=new_point()) for _ in range(number)]


def dumped(engine: Engine) -> bytes:
    """Every value of every row, as it stands."""
    with engine.connect() as connection:
        rows = [row for table in metadata.sorted_tables for row in connection.execute(select(table)).all()]
    values = [value for row in rows for value in row]
    return b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in values)


def test_nothing_is_in_clear_in_rows_and_backups(desk: Desk, tmp_path: Path) -> None:
    secrets: list[bytes] = []
    for browser in browsers(20):
        desk.ask(browser, client=ADDRESS)
        token = desk.echoed(browser)
        secret = desk.activate(token).json["secret"]
        desk.ask(browser, client=ADDRESS)  # and a question beside it
        secrets += canaries(browser, token, secret, desk.echoed(browser))
    write_backup(desk.engine, tmp_path / "backup.zip")
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        kept = b"".join(archive.read(name) for name in archive.namelist())
    for place in (dumped(desk.engine), kept):
        assert len(place) > 5_000
        assert [canary for canary in secrets if canary in place] == []


def test_subscriptions_and_notices_are_in_a_backup(first_start: Path, tmp_path: Path) -> None:
    """By the command: it must know the tables of that room."""
    shutil.copytree(first_start, tmp_path / "var")
    Server(tmp_path / "var").command("backup", str(tmp_path / "backup.zip"))
    ours = {name for name, table in vars(tables).items() if isinstance(table, Table)}
    with zipfile.ZipFile(tmp_path / "backup.zip") as archive:
        assert ours <= {Path(name).stem for name in archive.namelist()}


def test_a_restored_subscription_serves_and_others_may_come(desk: Desk, tmp_path: Path) -> None:
    proof = desk.subscribed(Browser("a"), "3018")
    for n in range(3):
        assert desk.ask(Browser(f"waiting-{n}")).status == 202
    write_backup(desk.engine, tmp_path / "backup.zip")
    desk.call("DELETE", PLACE, proof)
    with writing(desk.engine).begin() as connection:
        _count_anew(connection)  # as on the new machine where one restores
        restore_backup(connection, tmp_path / "backup.zip")
    assert desk.call("PUT", PLACE, {**proof, "contacts": ["17"]}).status == 200
    assert desk.activate(desk.echoed(Browser("waiting-1"))).status == 200
    assert desk.subscribed(Browser("b"))["secret"], "numbers of rows are not given out twice"


def _count_anew(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        for table in ("subscriptions", "pending_subscriptions"):
            connection.exec_driver_sql(f"ALTER SEQUENCE {table}_id_seq RESTART")


def post(server: Server, path: str, value: Any, method: str = "POST") -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", "X-Forwarded-For": ADDRESS, "User-Agent": AGENT}
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    request = urllib.request.Request(server.url + path, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.status, response.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def test_a_real_server_leaves_no_trace_of_a_browser(first_start: Path, tmp_path: Path) -> None:
    shutil.copytree(first_start, tmp_path / "var")
    settings = from_environment({"APPUI_DATA_DIR": str(tmp_path / "var")})
    kept, secrets, answers = load_vault(settings.keys_dir), [], []
    with running_server(tmp_path / "var", delivers=True, APPUI_TRUSTED_PROXIES="127.0.0.1") as server:
        for browser in browsers(10):
            assert post(server, PLACE, browser.wish("3018"))[0] == 202
            token = _token(settings, kept.endpoint_hash(browser.endpoint))
            secret = json.loads(post(server, f"{PLACE}/activate", {"token": token})[1])["secret"]
            proof = {"endpoint": browser.endpoint, "secret": secret}
            assert post(server, PLACE, {**proof, "contacts": ["3919"]}, "PUT")[0] == 200
            secrets += canaries(browser, token, secret)
            answers += [body for _, body in _mistakes(server, browser, proof)]
        assert server.command("backup", str(tmp_path / "var" / "backup.zip")).returncode == 0
        files = {path: path.read_bytes() for path in (tmp_path / "var").rglob("*") if path.is_file()}
        assert any(path.name.endswith("-wal") and body for path, body in files.items())
        files[server.log] = server.log.read_bytes()
        with zipfile.ZipFile(tmp_path / "var" / "backup.zip") as archive:
            files[Path("inside")] = b"".join(archive.read(name) for name in archive.namelist())
    for place, body in [*files.items(), *((Path("answer"), answer) for answer in answers)]:
        assert [canary for canary in secrets if canary in body] == [], place


def _token(settings: Settings, endpoint_hash: bytes) -> str:
    table = tables.pending_subscriptions
    with open_engine(settings).connect() as connection:
        sealed = connection.execute(select(table.c.token_sealed).where(table.c.endpoint_hash == endpoint_hash))
        return load_vault(settings.keys_dir).unseal_token(sealed.scalar_one())


def _mistakes(server: Server, browser: Browser, proof: dict[str, str]) -> Iterator[tuple[int, bytes]]:
    """What answers quote most readily: requests that fail."""
    wish = browser.wish()
    yield post(server, PLACE, {**wish, browser.endpoint: 1})
    yield post(server, PLACE, {**wish, "contacts": [browser.endpoint]})
    yield post(server, PLACE, json.dumps(wish).encode()[:-1])
    yield post(server, PLACE, {**proof, "contacts": [proof["secret"]]}, "PUT")
    yield post(server, PLACE, {**proof, "secret": "x"}, "DELETE")
    yield post(server, f"{PLACE}/{browser.name}", wish)
    yield post(server, f"/{browser.name}", wish)

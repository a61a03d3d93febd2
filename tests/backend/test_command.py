"""The `appui` command from outside: status, stdout, one clear line a fault on stderr."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from backend.offline.own_faults import chain_faults, compressed_faults
from backend.settings import from_environment
from tests.builders import Server, change_guide, http_get, running_server
from tests.journeys.waiting import wait_until


def test_a_first_start_says_what_it_made_and_a_second_changes_nothing(tmp_path: Path) -> None:
    with running_server(tmp_path / "var", delivers=True) as server:
        said = server.log.read_text()
        assert "signing key created" in said
        assert "edition 1 published" in said
        server.stop()
        before = len(said)
        server.start()
        assert "created" not in server.log.read_text()[before:]
        assert json.loads(server.command("editions", "--json").stdout)[0]["number"] == 1


def test_publish_prints_its_number_and_running_servers_serve_it(own_server: Server, tmp_path: Path) -> None:
    change_guide(own_server, tmp_path, "preuves", "## ", "## D’abord, ")
    assert own_server.command("publish", "-m", "essai").stdout.strip() == "2"
    wait_until(lambda: "D’abord" in own_server.get("/guides/preuves/")[2].decode(), seconds=5)
    assert own_server.command("rollback", "1").stdout.strip() == "3"
    wait_until(lambda: "D’abord" not in own_server.get("/guides/preuves/")[2].decode(), seconds=5)
    assert own_server.command("rollback", "77", check=False).returncode == 2


def test_a_faulty_pack_is_refused_line_by_line(server_at_rest: Server, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "pack.yaml").write_text("name: x\nname: y\n")
    (bad / "contacts.yaml").write_text("- id: a\n")
    result = server_at_rest.command("pack", "import", str(bad), check=False)
    assert result.returncode == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) > 3
    assert all(line.startswith("appui: ") for line in lines)
    assert any("pack.yaml:2" in line for line in lines)


def test_reading_goes_on_without_the_database(own_server: Server) -> None:
    for file in own_server.data_dir.glob("appui.sqlite3*"):
        file.write_bytes(b"\0" * 8192)  # in place: an open connection would outlive a renamed file
    wait_until(lambda: own_server.get("/readyz")[0] == 503, seconds=10)
    assert own_server.get("/guides/temoin/")[0] == 200
    assert own_server.get("/sw.js")[0] == 200


def test_several_web_processes_serve_the_same_edition(tmp_path: Path) -> None:
    with running_server(tmp_path / "var", arguments=("--workers", "2")) as server:
        server.command("publish")
        wait_until(lambda: {server.edition for _ in range(12)} == {2}, seconds=8)


def test_an_export_verifies_and_a_touched_one_does_not(server_at_rest: Server, tmp_path: Path) -> None:
    mirror = tmp_path / "mirror"
    server_at_rest.command("export", str(mirror))
    assert (mirror / "guides" / "temoin" / "index.html").exists()
    assert server_at_rest.command("verify", str(mirror)).returncode == 0
    for address in (
        "contacts/3018/index.html",
        "bundle/1",
        "sw.js",
        "sortie/index.html",
        "i/carnet/manifest.webmanifest",
    ):
        file = mirror / address
        whole = file.read_bytes()
        file.write_bytes(whole + b" ")
        result = server_at_rest.command("verify", str(mirror), check=False)
        assert result.returncode == 1
        assert address.removesuffix("index.html") in result.stderr
        file.write_bytes(whole)
    (mirror / "edition.json").write_text("[]")
    assert server_at_rest.command("verify", str(mirror), check=False).stderr.startswith("appui: cannot be read")
    assert server_at_rest.command("export", str(mirror), check=False).returncode == 2


def test_a_mirror_holds_one_edition_for_everybody_to_read(server_at_rest: Server, tmp_path: Path) -> None:
    left = tmp_path / "mirror.part"  # by an export that was killed
    left.mkdir()
    (left / "index.html").write_text("an edition before")
    here = tmp_path / "mirror"
    here.mkdir()
    server_at_rest.cwd = here
    result = server_at_rest.command("export", ".")
    assert result.stderr == ""
    assert (here / "index.html").stat().st_mode & 0o777 == 0o644
    assert {path.stat().st_mode & 0o777 for path in (here, *here.rglob("*")) if path.is_dir()} == {0o755}
    assert sorted(path.name for path in tmp_path.iterdir() if "part" in path.name) == ["mirror.part"]
    assert "edition before" not in (here / "index.html").read_text()


def test_a_backup_without_a_name_is_refused_in_one_line(server_at_rest: Server) -> None:
    result = server_at_rest.command("backup", "", check=False)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)


def test_verify_reads_the_database_and_a_site(server: Server) -> None:
    here = server.command("verify").stdout
    there = server.command("verify", server.url).stdout
    assert here == there
    digest = here.rsplit(maxsplit=1)[-1]
    assert server.command("verify", server.url, "--worker-digest", digest).returncode == 0
    assert server.command("verify", server.url, "--worker-digest", "0" * 64, check=False).returncode == 1
    assert server.command("verify", "ftp://127.0.0.1/", check=False).stderr.startswith("appui: ")


def test_a_forged_site_is_told_by_the_key_that_was_written_down(server: Server, tmp_path: Path) -> None:
    """A canary on a machine that has no key of ours, and a forger who publishes his own key."""
    ours = json.loads(server.get("/api/v1/edition-key")[2])["keys"][0]["kid"]
    canary = Server(tmp_path / "canary")
    with running_server(tmp_path / "forger") as forger:
        assert canary.command("verify", server.url, "--key", ours).returncode == 0
        assert canary.command("verify", forger.url, "--key", ours, check=False).returncode == 1


def test_an_edition_altered_or_taken_out_later_is_found(server_at_rest: Server) -> None:
    for _ in range(3):
        server_at_rest.command("publish")
    with sqlite3.connect(server_at_rest.data_dir / "appui.sqlite3") as connection:
        connection.execute("UPDATE editions SET signed = replace(signed, '3018', '3017') WHERE number = 2")
    result = server_at_rest.command("verify", check=False)
    assert result.returncode == 1
    assert "edition 3 does not follow edition 2" in result.stderr


TAMPERINGS = {
    "DELETE FROM editions WHERE number = 3": "the journal tells of edition 3, which is no longer here",
    "DELETE FROM editions WHERE number = 1": "what came before edition 2 is no longer here",
    "UPDATE blobs SET br = (SELECT br FROM blobs ORDER BY sha256 LIMIT 1)": "compressed by Brotli",
    "UPDATE blobs SET gzip = x'1f8b' WHERE length(plain) > 9000": "compressed by gzip",
    "UPDATE editions SET bundle_br = x'00' WHERE number = 3": "/bundle/3 is another thing",
    "UPDATE editions SET bundle_gzip = bundle_br WHERE number = 2": "/bundle/2 is another thing",
}


def test_what_readers_would_miss_or_be_given_in_place_of_what_was_signed_is_found(
    server_at_rest: Server, tmp_path: Path
) -> None:
    """The newest edition taken out brings the one before back; browsers are given compressed bytes, not the signed."""
    for _ in range(2):
        server_at_rest.command("publish")
    settings = from_environment(server_at_rest.environment)
    assert [*chain_faults(settings), *compressed_faults(settings)] == []
    for number, (tampering, told) in enumerate(TAMPERINGS.items()):
        copy = tmp_path / f"copy-{number}"
        shutil.copytree(server_at_rest.data_dir, copy)
        with closing(sqlite3.connect(copy / "appui.sqlite3")) as connection, connection:
            connection.execute(tampering)
        tampered = from_environment({"APPUI_DATA_DIR": str(copy)})
        assert told in "\n".join([*chain_faults(tampered), *compressed_faults(tampered)]), tampering
    with running_server(tmp_path / "copy-2") as forged:  # and from outside, by who asks as browsers do
        assert "/b/" in server_at_rest.command("verify", forged.url, check=False).stderr
    server_at_rest.environment["APPUI_DATA_DIR"] = str(tmp_path / "copy-0")
    assert server_at_rest.command("verify", check=False).returncode == 1


def test_a_taken_port_is_said_in_one_line(server: Server) -> None:
    result = server.command("serve", "--port", str(server.port), check=False)
    assert result.returncode == 2
    assert result.stderr.splitlines()[-1].startswith("appui: cannot listen")


def test_restoring_needs_the_key_first(server_at_rest: Server, tmp_path: Path) -> None:
    server_at_rest.command("backup", str(tmp_path / "b.zip"))
    elsewhere = Server(tmp_path / "elsewhere")
    result = elsewhere.command("restore", str(tmp_path / "b.zip"), check=False)
    assert result.returncode == 2
    assert "no signing key" in result.stderr
    shutil.copytree(server_at_rest.data_dir / "keys", tmp_path / "elsewhere" / "keys")
    assert elsewhere.command("restore", str(tmp_path / "b.zip"), "--after", "6").stdout.splitlines()[-1] == "7"


def test_what_is_carried_elsewhere_is_in_the_journal(server_at_rest: Server, tmp_path: Path) -> None:
    long = tmp_path / ("e" * 230 + ".zip")
    server_at_rest.command("backup", str(long))
    server_at_rest.command("export", str(tmp_path / "miroir"))
    query = "SELECT actor, action, subject FROM audit ORDER BY number DESC LIMIT 2"
    with sqlite3.connect(server_at_rest.data_dir / "appui.sqlite3") as connection:
        told = connection.execute(query).fetchall()
    assert told == [("operator", "export", "miroir"), ("operator", "backup", "e" * 200)]
    assert server_at_rest.command("verify").returncode == 0


def test_the_doctor_lists_settings_and_says_what_is_wrong(server_at_rest: Server) -> None:
    well = server_at_rest.command("doctor")
    assert "APPUI_TRUSTED_PROXIES" in well.stdout
    (server_at_rest.data_dir / "keys" / "edition-key.pem").chmod(0o644)
    ill = server_at_rest.command("doctor", check=False)
    assert ill.returncode == 1
    assert "chmod 600" in ill.stderr


def test_an_empty_key_is_said_not_replaced(server_at_rest: Server) -> None:
    key = server_at_rest.data_dir / "keys" / "edition-key.pem"
    key.write_bytes(b"")
    result = server_at_rest.command("publish", check=False)
    assert result.returncode == 2
    assert "cannot be read" in result.stderr
    assert key.read_bytes() == b""


def test_a_restore_killed_at_any_moment_forgets_no_number(server_at_rest: Server, tmp_path: Path) -> None:
    server_at_rest.command("backup", str(tmp_path / "b.zip"))
    server_at_rest.command("publish")
    server_at_rest.command("publish")
    for tenths in range(2, 14, 3):
        process = subprocess.Popen(
            [sys.executable, "-m", "backend.cli", "restore", str(tmp_path / "b.zip")],
            env=server_at_rest.environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(tenths / 10)
        process.kill()
        process.wait()
        assert json.loads(server_at_rest.command("editions", "--json").stdout)[0]["number"] >= 3


def test_a_lost_key_stops_the_start_and_is_never_replaced(server_at_rest: Server) -> None:
    (server_at_rest.data_dir / "keys" / "edition-key.pem").unlink()
    result = server_at_rest.command("publish", check=False)
    assert result.returncode == 2
    assert "restore it" in result.stderr
    assert not (server_at_rest.data_dir / "keys" / "edition-key.pem").exists()


def test_backup_and_restore_from_the_command_line(server_at_rest: Server, tmp_path: Path) -> None:
    server_at_rest.command("backup", str(tmp_path / "b.zip"))
    server_at_rest.command("publish")
    assert server_at_rest.command("restore", str(tmp_path / "b.zip")).stdout.splitlines()[-1] == "3"


@pytest.mark.parametrize("variable", ["APPUI_TYPO=1", "APPUI_EXIT_URL=ftp://x/"])
def test_a_bad_setting_stops_every_command(tmp_path: Path, variable: str) -> None:
    name, value = variable.split("=")
    result = subprocess.run(
        [sys.executable, "-m", "backend.cli", "doctor"],
        env={"APPUI_DATA_DIR": str(tmp_path), name: value},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 2
    assert result.stderr.startswith(f"appui: {name}")
    assert "Traceback" not in result.stderr


def test_the_wheel_runs_alone(tmp_path: Path) -> None:
    """Built, installed into an empty folder (its dependencies apart) and served from there."""
    root = Path(__file__).parent.parent.parent
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=root, check=True, capture_output=True)
    wheel = next(tmp_path.glob("appui-*.whl"))
    home = tmp_path / "home"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(home), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    with running_server(tmp_path / "var", cwd=home, delivers=True, PYTHONPATH=str(home)) as server:
        assert server.get("/guides/temoin/")[0] == 200
        assert http_get(server.url + "/sw.js")[0] == 200

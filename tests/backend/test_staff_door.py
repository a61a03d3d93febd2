"""The door of the staff space: sessions, and where they are known."""

from __future__ import annotations

import re
import sqlite3

from tests.builders import Server
from tests.staffing import staff_client


def test_somebody_signed_in_is_recognised(own_server: Server) -> None:
    client = staff_client(own_server, "editor", "cidff-95", name="Dominique")
    status, headers, body = client.get("/equipe/")
    assert status == 200
    assert "Dominique" in body.decode()
    assert headers["cache-control"] == "no-store"
    assert "noindex" in headers["x-robots-tag"]
    assert "Dominique" not in own_server.get("/equipe/")[2].decode()


def test_the_first_link_is_printed_until_somebody_has_come(own_server: Server) -> None:
    links = re.findall(r"http://localhost:\d+(/equipe/invitation/\S+)", own_server.log.read_text())
    assert len(links) == 1
    assert own_server.get(links[0])[0] == 200
    own_server.stop()
    own_server.start()
    newer = re.findall(r"http://localhost:\d+(/equipe/invitation/\S+)", own_server.log.read_text())[-1]
    assert (own_server.get(links[0])[0], own_server.get(newer)[0]) == (410, 200)
    staff_client(own_server, "administrator")
    own_server.stop()
    own_server.start()
    assert len(re.findall("/equipe/invitation/", own_server.log.read_text())) == 2


def test_verify_finds_a_journal_that_was_cut(own_server: Server) -> None:
    assert own_server.command("verify").returncode == 0
    with sqlite3.connect(own_server.data_dir / "appui.sqlite3") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DELETE FROM audit")
    answer = own_server.command("verify", check=False)
    assert answer.returncode == 1
    assert "signed with a journal" in answer.stderr

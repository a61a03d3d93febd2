"""The door of the staff space: sessions, and where they are known."""

from __future__ import annotations

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

"""What staff typed and nobody approved, at the command line: named, exported with a word, approved by the operator."""

from __future__ import annotations

import json
from pathlib import Path

from backend import clock
from backend.offline.revisions import draft_revision, save_draft
from backend.settings import from_environment
from backend.storage.documents import load_documents
from backend.storage.engine import open_engine, writing
from tests.builders import Server

KEY = ("contact", "cidff-95")


def typed(server: Server, value: str) -> None:
    """By somebody of the staff."""
    engine = open_engine(from_environment({"APPUI_DATA_DIR": str(server.data_dir)}))
    with writing(engine).begin() as connection:
        body = next(draft.body for draft in load_documents(connection) if draft.key == KEY)
        new = json.dumps(json.loads(body) | {"value": value}, ensure_ascii=False)
        save_draft(connection, *KEY, new, "ana", draft_revision(connection, *KEY), clock.now())
    engine.dispose()


def test_what_waits_is_named_and_the_operator_may_be_the_second_person(server_at_rest: Server, tmp_path: Path) -> None:
    assert server_at_rest.command("pack", "export", str(tmp_path / "before.zip")).stderr == ""
    typed(server_at_rest, "0130303039")
    exported = server_at_rest.command("pack", "export", str(tmp_path / "after.zip"))
    assert exported.stderr == "not approved: contact cidff-95; imported again, it would be your word\n"
    published = server_at_rest.command("publish", check=False)
    assert "contact cidff-95" in published.stderr
    (line,) = json.loads(server_at_rest.command("drafts", "--json").stdout)
    assert line["waits"] is True
    server_at_rest.command("drafts", "approve", *KEY, "--yes")
    assert server_at_rest.command("pack", "export", str(tmp_path / "approved.zip")).stderr == ""
    server_at_rest.command("publish")
    assert json.loads(server_at_rest.command("drafts", "--json").stdout) == []

"""Break-glass: the operator lets somebody back in who has lost every passkey."""

from __future__ import annotations

import re

import pytest

from backend import clock
from backend.settings import from_environment
from backend.staff import audit, invitations
from backend.storage.engine import open_engine
from tests.builders import Server
from tests.staff_door import staff_door


@pytest.mark.parametrize("id_", ["-ASRDbN49VVic5AbjtndfQ", "--help-not-b5AbjtndfQg"])
def test_a_new_passkey_takes_the_place_of_what_was_lost(
    server_at_rest: Server, monkeypatch: pytest.MonkeyPatch, id_: str
) -> None:
    """One id in 64 begins with a hyphen; a command must not take it for an option."""
    monkeypatch.setattr(invitations, "new_id", lambda: id_)  # a person keeps that of their invitation
    settings = from_environment({"APPUI_DATA_DIR": str(server_at_rest.data_dir)})
    engine = open_engine(settings)
    with staff_door(engine, settings) as door:
        door.later(seconds=(clock.now() - door.now).total_seconds())  # commands have no other clock
        lost, old_key = door.enrolled()
        assert server_at_rest.command("people").stdout.startswith(f"{id_}  Camille  administrator")
        link = server_at_rest.command("rescue", id_).stdout.strip()
        (path,) = re.findall(r"(/equipe/invitation/[\w-]+/)$", link)
        door.later(minutes=1)  # the command's clock is a little ahead
        browser, new_key = door.browser(), door.key()
        options = browser.post(f"{path}options", {}).json()
        assert browser.post(path, {"answer": new_key.create(options)}).status_code == 200
        assert (browser.known(), lost.known()) == (True, False)
        answer = old_key.get(lost.post("/equipe/connexion/options").json())
        assert lost.post("/equipe/connexion/", {"answer": answer}).status_code == 403
        assert browser.get(path).status_code == 410, "once"
    with engine.connect() as connection:
        told = [(entry.actor, entry.action, entry.subject) for entry in audit.newest(connection, 2)]
    assert told == [(id_, "came back", id_), ("operator", "renewed somebody's access", id_)]


def test_nobody_of_that_id_is_said_in_a_line(server_at_rest: Server) -> None:
    answer = server_at_rest.command("rescue", "-nobody", check=False)
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr == "appui: nobody has the id '-nobody': `appui people` lists them\n"

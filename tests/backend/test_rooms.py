"""The rooms behind the public side are built once, in the background."""

from __future__ import annotations

from typing import Any, cast

import pytest
from litestar.testing import TestClient

from backend.app import create_app
from backend.offline import staff_frame
from backend.settings import Settings
from tests.office import Office


def test_rooms_that_could_not_be_built_are_tried_again(
    opened: Office, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that failed once must not shut the staff out until somebody restarts."""
    failures = iter([True])
    built = staff_frame.staff_frame

    def failing() -> Any:
        if next(failures, False):
            raise OSError("a disk that failed once")
        return built()

    monkeypatch.setattr(staff_frame, "staff_frame", failing)
    application = create_app(settings)
    with TestClient(cast(Any, application), raise_server_exceptions=False) as client:
        answers = [client.get("/equipe/").status_code for _ in range(2)]
    assert answers[-1] == 200
    assert next(failures, None) is None, "it failed"

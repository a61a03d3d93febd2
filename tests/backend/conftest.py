"""What tests of the backend share: a push service of ours, over TLS on loopback; an office of the staff."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from backend.settings import Settings
from tests.office import Office, office
from tests.push_service import PushService, push_service


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """Trusted by this process; others are given its `environment`."""
    with push_service(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.authority))
        yield running


@pytest.fixture
def opened(engine: Engine, settings: Settings) -> Iterator[Office]:
    """Where people of a small pack's organisations work, on each database."""
    with office(engine, settings) as found:
        yield found

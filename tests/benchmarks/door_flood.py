"""A signed-in page while strangers try to sign in: 50,000 attempts in ten minutes, from everywhere.

The server runs as shipped, on SQLite; strangers and whoever is signed in share its two cores. Half of the attempts ask
for a challenge, which is written; half send an answer, which is looked up. The baseline is the same page in the minute
before, without strangers.
"""

from __future__ import annotations

import time

from tests.benchmarks.figure import Measured, Row
from tests.benchmarks.sites import folder
from tests.builders import running_server
from tests.door_flood import ASKED_EVERY, Flood, flood
from tests.staffing import StaffClient, staff_client

SECONDS, QUIET_PAGES, TARGET_MS = 600, 300, 300


def measure() -> Measured:
    with folder() as place, running_server(place / "var", delivers=True, APPUI_TRUSTED_PROXIES="127.0.0.1") as server:
        client = staff_client(server, "administrator")
        quiet = _quiet(client)
        found = flood(client, SECONDS)
    assert found.statuses.count(200) > len(found.statuses) / 3, "no limit must have held the strangers back"
    return {
        "attempts": len(found.statuses),
        "p99": found.slowest,
        "quiet": quiet.slowest,
    }


def _quiet(client: StaffClient) -> Flood:
    found = Flood()
    for _ in range(QUIET_PAGES):
        started = time.monotonic()
        client.get("/equipe/moi/")
        found.waits.append(time.monotonic() - started)
        time.sleep(ASKED_EVERY)
    return found


def rows(values: Measured) -> list[Row]:
    p99, quiet = values["p99"], values["quiet"]
    return [
        Row(
            "signed-in page, p99 under a flood of sign-ins",
            f"{p99:.0f} ms, {values['attempts']:.0f} attempts in {SECONDS / 60:.0f} min",
            f"{quiet:.0f} ms without",
            f"{p99 / quiet:.1f} ×",
            f"≤ {TARGET_MS} ms",
            p99 <= TARGET_MS,
        )
    ]

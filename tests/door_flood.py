"""Strangers who try to sign in without end, and how long a page of somebody signed in takes meanwhile."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field

from backend.staff.tokens import new_token
from backend.web.csrf import HEADER, csrf_token
from tests.staffing import StaffClient

OPTIONS, ENTER = "/equipe/connexion/options", "/equipe/connexion/"
PER_SECOND = 84  # 50,000 in ten minutes
STRANGERS = 16
ASKED_EVERY = 0.1  # seconds between two pages of whoever is signed in


@dataclass
class Flood:
    """What the strangers were answered, and the seconds each page took."""

    statuses: list[int] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)

    @property
    def slowest(self) -> float:
        """99 pages of 100 took at most so many milliseconds."""
        return sorted(self.waits)[int(len(self.waits) * 0.99) - 1] * 1000


def flood(client: StaffClient, seconds: float) -> Flood:
    """The server must believe X-Forwarded-For of this machine (APPUI_TRUSTED_PROXIES): strangers come from everywhere,
    so that no limit by client stops them, and each attempt is a challenge written or an answer looked up."""
    found, until = Flood(), time.monotonic() + seconds
    threads = [threading.Thread(target=_insist, args=(client, until, found.statuses)) for _ in range(STRANGERS)]
    for thread in threads:
        thread.start()
    while time.monotonic() < until:
        started = time.monotonic()
        status = client.get("/equipe/moi/", **{"X-Forwarded-For": "203.0.113.7"})[0]
        found.waits.append(time.monotonic() - started)
        assert status == 200
        time.sleep(ASKED_EVERY)
    for thread in threads:
        thread.join()
    return found


def _insist(client: StaffClient, until: float, statuses: list[int]) -> None:
    visit = new_token()
    cookie = {"Cookie": f"equipe-visite={visit}", "Origin": client.origin, "Content-Type": "application/json"}
    due = time.monotonic()
    while time.monotonic() < until:
        path, body = ((OPTIONS, b"{}"), (ENTER, b'{"answer":{}}'))[len(statuses) % 2]
        address = {"X-Forwarded-For": f"198.18.{secrets.randbelow(250)}.{secrets.randbelow(250)}"}
        statuses.append(client.send("POST", path, body, cookie | address | {HEADER: csrf_token(visit)})[0])
        due += STRANGERS / PER_SECOND
        time.sleep(max(0.0, due - time.monotonic()))

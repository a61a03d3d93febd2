"""Worker: bytes of /sw.js as served with gzip, its shell of emergency numbers and the security headers included.

Beside it Workbox's precaching alone, bundled and minified by esbuild, without its list of addresses.
"""

from __future__ import annotations

import gzip

from tests.benchmarks.figure import Measured, Row
from tests.benchmarks.sites import our_server
from tests.benchmarks.workbox import library

LIMIT = 5000


def measure() -> Measured:
    with our_server() as server:
        status, headers, body = server.get("/sw.js", **{"Accept-Encoding": "gzip"})
    assert status == 200
    assert headers["content-encoding"] == "gzip"
    return {"ours": len(body), "workbox": len(gzip.compress(library(), 9, mtime=0))}


def rows(values: Measured) -> list[Row]:
    ours, theirs = values["ours"], values["workbox"]
    return [
        Row(
            "worker, gzip",
            f"{ours:,.0f} B",
            f"Workbox {theirs:,.0f} B",
            f"{ours / theirs:.2f}",
            f"≤ {LIMIT:,} B",
            ours <= LIMIT,
        )
    ]

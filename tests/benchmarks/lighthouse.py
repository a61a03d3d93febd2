"""Lighthouse 12.8.2, mobile (its simulated slow phone and link): scores of three pages, median of several runs.

Node is that of the Python package, Chromium that of the machine. Audits below their best are named.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from tests.benchmarks.figure import Measured, Row, middle
from tests.benchmarks.sites import folder, our_server
from tests.benchmarks.workbox import MODULES, install, node
from tests.chromium import CHROMIUM

PAGES = ("/", "/guides/temoin/", "/contacts/3018/")
CATEGORIES = ("performance", "accessibility", "best-practices")
RUNS = 3
FLAGS = "--headless=new --no-sandbox --disable-gpu --disable-background-networking"


def report(url: str) -> dict[str, Any]:
    with folder() as place:
        target = place / "report.json"
        command = [
            node(), str(MODULES / "lighthouse" / "cli" / "index.js"), url,
            "--quiet", "--output=json", f"--output-path={target}",
            f"--only-categories={','.join(CATEGORIES)}", f"--chrome-flags={FLAGS}",
        ]  # fmt: skip
        done = subprocess.run(
            command, env={**os.environ, "CHROME_PATH": CHROMIUM}, capture_output=True, text=True, check=False
        )
        if done.returncode or not target.exists():
            raise RuntimeError(f"lighthouse: {done.stderr[-500:]}")
        found: dict[str, Any] = json.loads(target.read_text())
        return found


def weak_audits(found: dict[str, Any]) -> list[str]:
    """Audits that count in a score and are not at their best."""
    counted = [ref["id"] for name in CATEGORIES for ref in found["categories"][name]["auditRefs"] if ref["weight"]]
    audits = found["audits"]
    return [
        f"{name} {audits[name]['score']} {audits[name].get('displayValue', '')}"
        for name in counted
        if (audits[name]["score"] or 0) < 1 and audits[name]["scoreDisplayMode"] != "notApplicable"
    ]


def measure() -> Measured:
    install()
    values: Measured = {}
    with our_server() as server:
        for page in PAGES:
            reports = [report(server.url + page) for _ in range(RUNS)]
            for name in CATEGORIES:
                values[f"{page} {name}"] = middle(100 * each["categories"][name]["score"] for each in reports)
            index = middle(each["environment"]["benchmarkIndex"] for each in reports)
            print(f"  {page} benchmark index {index:.0f} (the power Lighthouse saw)", file=sys.stderr)
            for audit in weak_audits(reports[-1]):
                print(f"  {page} {audit}", file=sys.stderr)
    return values


def rows(values: Measured) -> list[Row]:
    found = []
    for page in PAGES:
        scores = [values[f"{page} {name}"] for name in CATEGORIES]
        said = ", ".join(f"{score:.0f}" for score in scores)
        found.append(Row(f"Lighthouse {page}", said, target="100, 100, 100", reached=min(scores) >= 100))
    return found

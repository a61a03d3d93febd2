"""`make bench`: measures every figure of the README's table, or those named on the command line.

A figure is a module here with `measure() -> Measured` and `rows(measured) -> list[Row]`; its docstring
says how it is measured. Noise of the machine is met with medians, interleaved rounds and ratios.
"""

from __future__ import annotations

import importlib
import os
import sys
import time

from tests.benchmarks.figure import Row, table

FIGURES = (
    "worker_size", "many_contacts", "one_page", "start", "cpu", "offline_click", "first_visit", "fan_out",
    "delivery_life", "door_flood", "lighthouse",
)  # fmt: skip


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        print(f"no figure {', '.join(unknown)}; there are: {', '.join(FIGURES)}", file=sys.stderr)
        return 2
    rows: list[Row] = []
    failed = []
    for name in names or FIGURES:
        began = time.monotonic()
        print(f"measuring {name} …", file=sys.stderr, flush=True)
        module = importlib.import_module(f"tests.benchmarks.{name}")
        try:
            found: list[Row] = module.rows(module.measure())
        except Exception as error:  # one figure that cannot be measured must not hide the others
            failed.append(f"{name}: {type(error).__name__}: {error}")
            continue
        rows += found
        busy = f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} cores"
        print(f"  {time.monotonic() - began:.0f} s, {busy}\n{table(found)}", file=sys.stderr, flush=True)
    print(table(rows))
    print("axe, every page, 320 px, light and dark: see `make test` (tests/journeys)")
    for line in failed:
        print(f"not measured: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

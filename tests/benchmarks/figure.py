"""What every benchmark hands to the runner: lines of one plain table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median

Measured = dict[str, float]


@dataclass(frozen=True)
class Row:
    """One figure. `reached` is None where the line has no target of its own."""

    figure: str
    ours: str
    baseline: str = ""
    ratio: str = ""
    target: str = ""
    reached: bool | None = None


def middle(values: Iterable[float]) -> float:
    return float(median(values))


def table(rows: list[Row]) -> str:
    verdict = {True: "yes", False: "NO", None: ""}
    lines = [("figure", "ours", "baseline", "ratio", "target", "reached")]
    lines += [(row.figure, row.ours, row.baseline, row.ratio, row.target, verdict[row.reached]) for row in rows]
    widths = [max(len(line[column]) for line in lines) for column in range(6)]
    lines.insert(1, tuple("-" * width for width in widths))  # type: ignore[arg-type]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )

"""How a log names a fault: its words may hold an endpoint, a path or what somebody typed, and are left out."""

from __future__ import annotations

import traceback


def name_fault(error: Exception) -> str:
    """Its type, with the innermost file and line, which say where without saying what."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename}:{frames[-1].lineno}" if frames else "unknown place"
    return f"{type(error).__name__} at {place}"

"""`python -m backend.cli`: the command where its script is not installed."""

from __future__ import annotations

from backend.cli import main

main()

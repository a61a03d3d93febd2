"""Where the parts written in HTML, CSS and JavaScript lie: beside `backend`, in a checkout and in a wheel alike."""

from __future__ import annotations

from pathlib import Path

_ROOT = Path(__file__).parent.parent.parent
FRONTEND = _ROOT / "frontend"
SERVICE_WORKER = _ROOT / "service_worker"

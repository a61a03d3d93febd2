"""What a monitor reads of notices (https://prometheus.io/docs/instrumenting/exposition_formats/): numbers alone."""

from __future__ import annotations

from sqlalchemy import Connection

from backend.notices.progress import services, totals


def metric_lines(connection: Connection) -> list[str]:
    known = services(connection)
    return [
        "# HELP appui_pushes Messages by outcome, over the notices kept (ninety days).",
        "# TYPE appui_pushes gauge",
        *(f'appui_pushes{{outcome="{name}"}} {number}' for name, number in totals(connection).items()),
        "# HELP appui_subscriptions Subscriptions by push service.",
        "# TYPE appui_subscriptions gauge",
        *(f'appui_subscriptions{{service="{line.origin}"}} {line.subscriptions}' for line in known),
        "# HELP appui_push_service_stopped 1 where sending stopped after refusals.",
        "# TYPE appui_push_service_stopped gauge",
        *(f'appui_push_service_stopped{{service="{line.origin}"}} {int(line.stopped is not None)}' for line in known),
    ]

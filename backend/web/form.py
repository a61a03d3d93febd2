"""Reading what a form posted."""

from __future__ import annotations

from urllib.parse import parse_qsl

from litestar import Request
from litestar.exceptions import ClientException

FORM = "application/x-www-form-urlencoded"
# A permanence of ten years of exceptions has some thousands.
MOST_FIELDS = 8_000
# Nobody types it, and no database holds it.
NUL = "\0"


async def read_form(request: Request) -> dict[str, str]:  # type: ignore[type-arg]
    """Each field once, as typed, empty ones too; none where no form was sent. (Litestar's own reading drops those, and
    keeps what it has read in memory for the next request with the same body.)"""
    if not request.headers.get("content-type", "").startswith(FORM):
        return {}
    try:
        body = (await request.body()).decode("ascii")
        pairs = parse_qsl(body, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
        return {name: value.replace(NUL, "") for name, value in pairs}
    except ValueError as error:
        raise ClientException from error

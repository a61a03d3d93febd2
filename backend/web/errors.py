"""What goes wrong, told plainly: a page for people, RFC 9457 problem details for programs, never a trace."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from http import HTTPStatus

from litestar import MediaType, Request, Response
from litestar.exceptions import HTTPException, InternalServerException
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from backend.faults import name_fault
from backend.files import KeyMissingError

log = logging.getLogger("appui")

PROBLEM = "application/problem+json"
# Answers the page of that status, or None where only plain words are at hand.
PageOf = Callable[[int], bytes | None]
Handler = Callable[[Request, Exception], Response]  # type: ignore[type-arg]

# The database is away or busy, or a key is: not for ever, and nothing is half done.
PASSING = (OperationalError, NoConnectionError, KeyMissingError)

HUNG_UP = "client disconnected prematurely"  # Litestar's words; it has no class for it

_WORDS = {
    400: "La demande n’est pas lisible.",
    404: "Cette page n’existe pas.",
    405: "Cette adresse n’accepte pas cette demande.",
    413: "C’est trop grand.",
    415: "Du JSON est attendu (Content-Type: application/json).",
    429: "Trop de demandes. Réessayez dans une minute.",
    503: "Ces informations ne peuvent pas être lues pour le moment. Réessayez dans quelques minutes.",
    500: "Quelque chose n’a pas marché de notre côté. Réessayez.",
}


def error_handler(page_of: PageOf) -> Handler:
    """One handler for every exception that reaches the top."""

    def handle(request: Request, error: Exception) -> Response:  # type: ignore[type-arg]
        status = _status(error)
        reference = note_fault(error) if status >= 500 and not _hung_up(error) else None
        answer = _answer(request, status, reference, page_of)
        if status == 405 and isinstance(error, HTTPException):
            answer.headers.update(error.headers or {})  # Allow, which a 405 must say (RFC 9110, 15.5.6)
        return answer

    return handle


def _answer(request: Request, status: int, reference: str | None, page_of: PageOf) -> Response:  # type: ignore[type-arg]
    if request.scope["path"].startswith("/api/") or request.content_type[0] == "application/json":
        return problem(status, reference)
    page = page_of(status)
    if page is not None:
        return Response(page, status_code=status, media_type=MediaType.HTML)
    return Response(words(status), status_code=status, media_type=MediaType.TEXT)


def _status(error: Exception) -> int:
    if isinstance(error, HTTPException):
        return error.status_code
    return 503 if isinstance(error, PASSING) else 500


def _hung_up(error: Exception) -> bool:
    """Whether who asked is gone in the middle of a body: no fault of ours, and not theirs to fill the log with."""
    return isinstance(error, InternalServerException) and error.detail == HUNG_UP


def note_fault(error: Exception) -> str:
    """A line in the log, without address, path, message nor value; the random reference joins a report to it."""
    reference = secrets.token_hex(4)
    log.error("error %s: %s", reference, name_fault(error))
    return reference


def words(status: int) -> str:
    return _WORDS.get(status, _WORDS[500 if status >= 500 else 400])


def problem(status: int, reference: str | None = None, detail: str | None = None) -> Response[dict[str, object]]:
    """Problem details (RFC 9457); `detail` says more than the words of that status."""
    details: dict[str, object] = {
        "type": "about:blank",
        "status": status,
        "title": HTTPStatus(status).phrase,
        "detail": detail or words(status),
    }
    if reference:
        details["instance"] = f"urn:appui:{reference}"
    return Response(details, status_code=status, media_type=PROBLEM)

"""What the routes of several ceremonies share: limits, answers in JSON, cookies that change."""

from __future__ import annotations

import time
from typing import Any

from litestar import Response

from backend.staff.refusals import TooMany
from backend.staff.space import Asked, Space
from backend.web.client import client_key
from backend.web.csrf import csrf_token
from backend.web.errors import problem
from backend.web.rate_limit import RateLimit

HOME = "/equipe/"
NOT_RECOGNISED = "Cette clé d’accès n’a pas été reconnue. Réessayez ; si cela recommence, prenez votre autre clé."


def limited(space: Space, request: Asked, limit: RateLimit) -> None:
    """Raises TooMany where this client has tried too often."""
    client = client_key(dict(request.scope), space.settings.trusted_proxies)
    if not limit.allow(client, time.monotonic()):
        raise TooMany


def local(address: object) -> str:
    """A page of ours to go on to, whatever was asked for."""
    if not isinstance(address, str) or not address.startswith(HOME) or len(address) > 300:
        return HOME
    plain = address.isascii() and address.isprintable() and not any(part in address for part in ("\\", "//", ".."))
    return address if plain else HOME


def signed_in(space: Space, session: str, onward: str) -> Response[Any]:
    """A fresh session's cookie, in the place of whatever cookies there were, where to go, and a token for a form that
    waited for it."""
    names = space.cookies
    cookies = [names.set(names.session, session), names.drop(names.visit)]
    return Response({"suite": onward, "jeton": csrf_token(session)}, status_code=200, cookies=cookies)


def refused(words: str = NOT_RECOGNISED) -> Response[Any]:
    return problem(403, detail=words)

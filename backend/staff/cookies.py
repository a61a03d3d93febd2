"""The two cookies of the staff space. They exist under /equipe alone: a reader's page never gets one.

Hence `__Secure-` with that path, and not `__Host-`, which would send them with every page. What `__Host-` protects
from, a sister site that plants a cookie, gains nothing here: an id that we did not give is nobody's, ids change at
sign-in, and two cookies of one name are as good as none.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from litestar.datastructures import Cookie

PATH = "/equipe"
LONGEST_HEADER = 4_096


@dataclass(frozen=True)
class CookieNames:
    """`session` is for somebody signed in; `visit` ties a challenge or a form to one browser before that."""

    session: str
    visit: str
    secure: bool

    def set(self, name: str, value: str) -> Cookie:
        """For as long as the browser stays open."""
        return Cookie(key=name, value=value, path=PATH, httponly=True, samesite="strict", secure=self.secure)

    def drop(self, name: str) -> Cookie:
        return Cookie(key=name, value="", max_age=0, path=PATH, httponly=True, samesite="strict", secure=self.secure)


def cookie_names(https: bool) -> CookieNames:
    prefix = "__Secure-" if https else ""
    return CookieNames(f"{prefix}equipe", f"{prefix}equipe-visite", https)


def read_cookie(headers: Iterable[tuple[bytes, bytes]], name: str) -> str | None:
    """The value of the one cookie of that name; None where there is none, or several to choose from."""
    text = b"; ".join(value for key, value in headers if key == b"cookie").decode("latin-1")
    if len(text) > LONGEST_HEADER:
        return None
    values = [part.partition("=")[2] for part in text.split(";") if part.partition("=")[0].strip() == name]
    return values[0] if len(values) == 1 and _plain(values[0]) else None


def _plain(value: str) -> bool:
    """Tokens as we make them: 43 characters of base64url."""
    return len(value) == 43 and value.isascii() and value.replace("-", "").replace("_", "").isalnum()

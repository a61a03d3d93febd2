"""The journal: what was done, by whom. To read, and to carry elsewhere."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.types import ControllerRouterHandler

from backend.staff import audit
from backend.staff.people import names
from backend.staff.policy import OPERATOR, Need
from backend.staff.space import Asked, Space
from backend.web.threads import in_thread

A_PAGE = 50
ACTION_WORDS = {
    "signed in": "entre",
    "confirmed": "montre de nouveau sa clé",
    "signed out everywhere": "se déconnecte partout",
    "joined": "rejoint l’équipe",
    "came back": "revient avec une nouvelle clé",
    "invited": "invite quelqu’un",
    "revoked an invitation": "retire une invitation",
    "added a passkey": "ajoute une clé d’accès",
    "removed a passkey": "retire une clé d’accès",
    "made recovery codes": "imprime des codes de secours",
    "used a recovery code": "utilise un code de secours",
    "cancelled a recovery": "annule une demande d’accès",
    "changed a role": "change un rôle",
    "removed a person": "retire de l’équipe",
    "renewed somebody's access": "donne un nouvel accès à",
    "pack import": "remplace tout le contenu",
    "contacts confirm": "confirme un contact",
    "hours set": "change les horaires",
    "hours close": "ferme pour quelques jours",
    "publish": "publie",
    "rollback": "revient en arrière",
    "restore": "restaure une sauvegarde",
}
ADMINISTER = {"need": Need.ADMINISTER}


def journal_routes(space: Space) -> list[ControllerRouterHandler]:
    @get("/equipe/journal/", opt=ADMINISTER)
    @in_thread
    def journal(request: Asked, avant: int | None = None) -> Response[Any]:
        with space.engine.connect() as connection:
            found = audit.newest(connection, A_PAGE, avant)
            known = {**names(connection), OPERATOR: "l’opérateur du serveur"}
        older = found[-1].number if found and found[-1].number > 1 else None
        page = {"entries": found, "names": known, "older": older, "words": ACTION_WORDS}
        return space.show(request, "equipe/journal.html", page)

    @get("/equipe/journal.jsonl", opt=ADMINISTER)
    @in_thread
    def export() -> Response[Any]:
        with space.engine.connect() as connection:
            body = b"".join(audit.json_lines(connection))
        headers = {"content-disposition": 'attachment; filename="journal.jsonl"'}
        return Response(body, media_type="application/jsonl", headers=headers)

    return [journal, export]

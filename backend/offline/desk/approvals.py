"""/equipe/relire/: somebody else compares the old and the new, calls, and approves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.offline.approvals import ChangedSinceError, OwnChangeError, approve
from backend.offline.changes_waiting import Change, change_of, changes
from backend.offline.comparing import compare, is_number
from backend.offline.desk.change_words import FIELDS, Titles, risk_words
from backend.offline.desk.deciding import may, names, titles
from backend.offline.desk.publishing_pages import ComparedRisk, ReviewPage, ReviewsPage
from backend.offline.desk.room import REFUSED, Asked, Room, go
from backend.offline.desk.told import sorted_out, told_change
from backend.offline.four_eyes import Risk
from backend.staff.given import Form, Here, Id, Me
from backend.staff.policy import Need, Person
from backend.storage.engine import reading, writing
from backend.storage.revisions import Key
from backend.web.threads import in_thread

LIST, PAGE = "equipe/relire.html", "equipe/comparer.html"
CALL_FIRST = "Appelez d’abord ce numéro, puis cochez cette case."
LOOK_FIRST = "Vérifiez d’abord à la source, puis cochez cette case."
OWN = "Vous avez écrit une partie de ce changement : il faut une autre personne pour l’approuver."
NOBODY_S = (
    "Ce changement n’a pas été écrit ici, ou quelqu’un a touché à ses versions\u00a0: il ne peut pas être approuvé. "
    "Remettez ce que les lecteurs voient, enregistrez, puis écrivez-le de nouveau. Prévenez aussi la personne qui "
    "s’occupe du serveur."
)
CHANGED = "Ce changement a été modifié pendant que vous le lisiez. Voici ce qu’il dit maintenant."
APPROVE = {"need": Need.APPROVE}
DONE = {
    "approuve": "C’est approuvé. Ce changement partira à la prochaine publication.",
    "plus": "Ce changement n’attend plus de relecture : il est approuvé, publié, ou n’est plus proposé.",
}
NO_MORE = "/equipe/relire/?fait=plus"


def approval_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/relire/", opt=APPROVE)
    @in_thread
    def waiting(request: Asked, person: Me, fait: FromQuery[str] = "") -> Response[Any]:
        with reading(room.engine).connect() as connection:
            mine = [change for change in changes(connection) if change.waits and may(person, Need.APPROVE, change)]
            _, told = sorted_out(connection, person, mine, paris_day(room.now()))
        return room.show(request, LIST, ReviewsPage(tuple(told), DONE.get(fait)), 200)

    @get("/equipe/relire/{kind:str}/{id_:str}/", opt=APPROVE | {"fresh": True})
    @in_thread
    def review(request: Asked, person: Me, kind: Id, id_: Id) -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = _page(room, connection, person, (kind, id_))
        return room.show(request, PAGE, page, 200) if page else go(request, NO_MORE)

    @post("/equipe/relire/{kind:str}/{id_:str}/", opt=APPROVE)
    @in_thread
    def decide(request: Asked, person: Me, session: Here, posted: Form, kind: Id, id_: Id) -> Response[Any]:
        with writing(room.engine).begin() as connection:
            page = _page(room, connection, person, (kind, id_))
            if page is None:
                return go(request, NO_MORE)
            if not session.fresh(room.now()):
                return go(request, page.action)  # where the passkey is asked for
            if "appele" not in posted:
                fault = {"appele": CALL_FIRST if page.numbers else LOOK_FIRST}
                return room.show(request, PAGE, replace(page, faults=fault), REFUSED)
            try:
                seen = posted.get("ancien", ""), posted.get("nouveau", "")
                approve(connection, (kind, id_), *seen, person.id, room.now())
            except ChangedSinceError:
                return room.show(request, PAGE, replace(page, faults={"": CHANGED}), 409)
            except OwnChangeError as error:
                raise PermissionDeniedException(OWN) from error
        return go(request, "/equipe/relire/?fait=approuve")

    return [waiting, review, decide]


def _page(room: Room, connection: Connection, person: Person, key: Key) -> ReviewPage | None:
    """None where nothing waits any more: somebody was faster, or the button was pressed twice."""
    change = change_of(connection, key)
    if change is not None and not may(person, Need.APPROVE, change):
        raise NotFoundException
    if change is None or not change.waits:
        return None
    called = titles(connection)
    risks = _compared(change, called)
    return ReviewPage(
        change=told_change(change, names(connection), called, paris_day(room.now()), person),
        action=f"/equipe/relire/{key[0]}/{key[1]}/",
        risks=risks,
        old=change.old,
        new=change.new,
        numbers=sum(len(risk.calls) for risk in risks),
        refused=_refused(change, person),
    )


def _refused(change: Change, person: Person) -> str | None:
    if not change.revision:
        return NOBODY_S
    return OWN if person.id in change.authors else None


def _compared(change: Change, called: Titles) -> tuple[ComparedRisk, ...]:
    found = []
    for risk in change.risks:
        old = risk_words(risk.field, risk.old, change.before, called)
        new = risk_words(risk.field, risk.new, change.after, called)
        found.append(ComparedRisk(FIELDS.get(risk.field, risk.field), old, new, compare(old, new), _calls(risk)))
    return tuple(found)


def _calls(risk: Risk) -> tuple[str, ...]:
    """In a guide or a note there may be several."""
    before = (risk.old or "").split()
    return tuple(dict.fromkeys(word for word in (risk.new or "").split() if is_number(word) and word not in before))

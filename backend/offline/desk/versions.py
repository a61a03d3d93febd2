"""/equipe/versions/: every version of one document, who wrote it, and bringing one back as a draft."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromQuery
from litestar.types import ControllerRouterHandler
from sqlalchemy import Connection

from backend.clock import paris_day
from backend.offline.changes_waiting import Change, published_documents
from backend.offline.desk.change_words import hours_lines, sides, title_of
from backend.offline.desk.deciding import may, names, titles
from backend.offline.desk.publishing_pages import VersionLine, VersionsPage
from backend.offline.desk.room import REFUSED, Asked, Room, asked_revision, go
from backend.offline.desk.told import SOMEBODY
from backend.offline.revisions import ConflictError, restore_revision
from backend.records import ContentError, RefusedError
from backend.staff.given import Form, Id, Me
from backend.staff.policy import Need, Person
from backend.storage.documents import Document
from backend.storage.engine import reading, writing
from backend.storage.revisions import Key, Revision, history
from backend.web.threads import in_thread
from backend.words import moment_words

PAGE = "equipe/versions.html"
EDIT = {"need": Need.EDIT}
MOST_SHOWN = 50
CONFLICT = "Quelqu’un vient d’enregistrer une autre version. La voici, en haut de la liste : choisissez de nouveau."
BROKEN = "Cette version ne va plus avec le reste (elle renvoie à un contenu qui n’existe plus). Rien n’a changé."
DONE = {"repris": "C’est repris en brouillon. Rien n’est encore publié."}


def version_routes(room: Room) -> list[ControllerRouterHandler]:
    @get("/equipe/versions/{kind:str}/{id_:str}/", opt=EDIT)
    @in_thread
    def versions(request: Asked, person: Me, kind: Id, id_: Id, fait: FromQuery[str] = "") -> Response[Any]:
        with reading(room.engine).connect() as connection:
            page = _page(room, connection, person, (kind, id_))
        return room.show(request, PAGE, replace(page, done=DONE.get(fait)), 200)

    @post("/equipe/versions/{kind:str}/{id_:str}/", opt=EDIT)
    @in_thread
    def bring_back(request: Asked, person: Me, posted: Form, kind: Id, id_: Id) -> Response[Any]:
        number, fault, status = posted.get("version", ""), CONFLICT, 409
        try:
            with writing(room.engine).begin() as connection:
                page = _page(room, connection, person, (kind, id_))
                if not number.isascii() or not number.isdigit() or len(number) > 8:
                    raise NotFoundException
                based_on = asked_revision(posted)
                restore_revision(connection, (kind, id_), int(number), person.id, based_on, room.now())
            return go(request, f"{page.action}?fait=repris")
        except RefusedError as error:
            raise NotFoundException from error
        except ConflictError:
            pass
        except ContentError:
            fault, status = BROKEN, REFUSED
        with reading(room.engine).connect() as connection:
            page = _page(room, connection, person, (kind, id_))
        return room.show(request, PAGE, replace(page, fault=fault), status)

    return [versions, bring_back]


def _page(room: Room, connection: Connection, person: Person, key: Key) -> VersionsPage:
    found = history(connection, key, MOST_SHOWN + 1)
    documents = [_document(revision) for revision in found]
    newest = next((document for document in documents if document), None)
    if newest is None or not may(person, Need.EDIT, _touching(key, documents)):
        raise NotFoundException
    published = {document.key: document for document in published_documents(connection)}.get(key)
    people, called = names(connection), titles(connection)
    lines = []
    for index, (revision, document) in enumerate(zip(found, documents, strict=True)):
        before = documents[index + 1] if index + 1 < len(documents) else None
        lines.append(
            VersionLine(
                number=revision.number,
                written=_written(revision, people),
                sides=tuple(sides(before, document, called)),
                hours=tuple(hours_lines(before, document, paris_day(room.now()))),
                current=index == 0,
                published=document == published,
            )
        )
    action = f"/equipe/versions/{key[0]}/{key[1]}/"
    return VersionsPage(title_of(newest), action, found[0].number, tuple(lines[:MOST_SHOWN]))


def _document(revision: Revision) -> Document | None:
    return None if revision.body is None else Document(revision.kind, revision.id, revision.body)


def _touching(key: Key, documents: list[Document | None]) -> Change:
    """Whose it is now: what the policy is asked about."""
    newest = next((document for document in documents if document), None)
    return Change(key, newest, documents[0], 0, (), False, frozenset(), "", 0)


def _written(revision: Revision, people: dict[str, str]) -> str:
    when = f", le {moment_words(revision.moment)}" if revision.moment else ""
    return f"{people.get(revision.author, SOMEBODY)}{when}"

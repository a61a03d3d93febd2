"""What the desk knows of the drafts, and of what readers see today."""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from litestar.exceptions import NotFoundException
from sqlalchemy import Connection

from backend.offline.content import Content, read_content
from backend.offline.editions import last_number, load_drafts
from backend.offline.selection import CONFIRMATION
from backend.permanences.contact import Contact, read_contact
from backend.permanences.organisation import Organisation, read_organisation
from backend.records import Record
from backend.storage.documents import Document, load_documents

Body = dict[str, Any]


@dataclass(frozen=True)
class Desk:
    """Every draft, read; `published`: the documents of the edition readers have, by kind and id."""

    content: Content
    drafts: dict[tuple[str, str], Document]
    published: dict[tuple[str, str], Document]

    def body(self, kind: str, id_: str) -> Body:
        """A document as it was written; an address nobody has is a page that does not exist."""
        if (kind, id_) not in self.drafts:
            raise NotFoundException
        body: Body = json.loads(self.drafts[kind, id_].body)
        return body

    def twin(self, kind: str, body: Body) -> str | None:
        """The id of a draft that says all the same under another id: the button of its form was pressed twice."""
        same = ((id_, json.loads(found.body)) for (kind_, id_), found in self.drafts.items() if kind_ == kind)
        return next((id_ for id_, found in same if found | {"id": ""} == body | {"id": ""}), None)

    def is_pending(self, kind: str, id_: str) -> bool:
        """Written, and not yet what readers see."""
        return self.drafts.get((kind, id_)) != self.published.get((kind, id_))

    def reads_the_same(self, contact: str) -> bool:
        """Whether its draft says what readers have, but for the day on which it was found exact."""
        sides = (self.drafts.get(("contact", contact)), self.published.get(("contact", contact)))
        draft, published = (_said(side, CONFIRMATION) if side else None for side in sides)
        return draft == published

    def contact(self, id_: str) -> Contact:
        if id_ not in self.content.contacts:
            raise NotFoundException
        return self.content.contacts[id_]

    def organisation(self, id_: str) -> Organisation:
        if id_ not in self.content.organisations:
            raise NotFoundException
        return self.content.organisations[id_]

    def published_contact(self, id_: str) -> Contact | None:
        document = self.published.get(("contact", id_))
        return read_contact(Record(json.loads(document.body), id_, [])) if document else None

    def published_organisation(self, id_: str) -> Organisation:
        """Of a published contact."""
        return read_organisation(Record(json.loads(self.published["organisation", id_].body), id_, []))

    def contacts_of(self, organisation: str) -> list[Contact]:
        return [found for found in self.content.contacts.values() if found.organisation == organisation]

    def with_contact(self, contact: Contact) -> Content:
        """The content as it would be with this contact in it."""
        return replace(self.content, contacts=self.content.contacts | {contact.id: contact})


def _said(document: Document, but: Collection[str]) -> Body:
    """What a document says, these fields left out; an empty one says nothing."""
    return {name: value for name, value in json.loads(document.body).items() if value is not None and name not in but}


def read_desk(connection: Connection) -> Desk:
    drafts = load_documents(connection)
    published = load_drafts(connection, last_number(connection)) or []
    return Desk(_content(tuple(drafts)), _by_key(drafts), _by_key(published))


def _by_key(documents: list[Document]) -> dict[tuple[str, str], Document]:
    return {document.key: document for document in documents}


@lru_cache(maxsize=2)
def _content(drafts: tuple[Document, ...]) -> Content:
    """A tenth of a second for a hundred contacts and twenty guides: too long for every touch of a key."""
    return read_content(list(drafts))


def written(body: Body) -> str:
    """A document as drafts hold it."""
    return json.dumps(body, ensure_ascii=False)

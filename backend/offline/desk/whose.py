"""Whose a document is: what the door of the staff space asks before a route of the desk is entered."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, select

from backend.storage.tables import documents


def of_contact(connection: Connection, parameters: dict[str, Any]) -> str | None:
    """The organisation of the contact in the address; None where there is no such contact."""
    body = _body(connection, "contact", parameters["id_"])
    return json.loads(body)["organisation"] if body else None


def of_organisation(connection: Connection, parameters: dict[str, Any]) -> str | None:
    """The organisation in the address, where there is one."""
    return parameters["id_"] if _body(connection, "organisation", parameters["id_"]) else None


def _body(connection: Connection, kind: str, id_: str) -> str | None:
    query = select(documents.c.body).where(documents.c.kind == kind, documents.c.id == id_)
    found: str | None = connection.execute(query).scalar_one_or_none()
    return found

"""Names of the organisations that people work for, out of the drafts."""

from __future__ import annotations

import json

from sqlalchemy import Connection

from backend.storage.documents import load_documents


def organisation_names(connection: Connection) -> dict[str, str]:
    """Name by id, those that have closed too: somebody must still be able to say so."""
    found = [document for document in load_documents(connection) if document.kind == "organisation"]
    return {document.id: str(json.loads(document.body).get("name", document.id)) for document in found}

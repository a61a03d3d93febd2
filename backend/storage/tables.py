"""Every table lives in this metadata; rooms declare theirs here through it."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, String, Table, Text

metadata = MetaData()

# Drafts of public content as people wrote them: Markdown for guides, JSON for the rest.
documents = Table(
    "documents",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("body", Text, nullable=False),
)

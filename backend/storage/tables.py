"""Every table lives in this metadata; rooms declare theirs here through it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String, Table, Text

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

# Every version of every document, for ever: the newest one is the draft. Written by `revisions` alone.
revisions = Table(
    "revisions",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),  # from 1, for each document
    Column("body", Text),  # null: taken away
    Column("author", String(64), nullable=False),  # a person's id, or "operator"
    Column("moment", BigInteger, nullable=False),  # epoch seconds
    Column("seal", LargeBinary(32)),  # of all the above; null where it was written before there were seals
)

# One row: the last entry of the journal, under a seal. Written by `audit_end` alone.
audit_end = Table(
    "audit_end",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("hash", String(64), nullable=False),
    Column("mac", LargeBinary(32), nullable=False),
)

# When `appui backup` last ended well.
backups = Table("backups", metadata, Column("moment", BigInteger, primary_key=True, autoincrement=False))

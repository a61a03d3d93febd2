"""Editions as stored: immutable rows, and the blobs they share."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from backend.storage.tables import metadata

blobs = Table(
    "blobs",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("plain", LargeBinary, nullable=False),
    Column("gzip", LargeBinary, nullable=False),
    Column("br", LargeBinary, nullable=False),
)

editions = Table(
    "editions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("issued", String(25), nullable=False),
    Column("message", Text, nullable=False),
    Column("signed", Text, nullable=False),
    Column("key_id", String(64), nullable=False),
    Column("signature", String(100), nullable=False),
    Column("bundle_gzip", LargeBinary, nullable=False),
    Column("bundle_br", LargeBinary, nullable=False),
    Column("drafts", LargeBinary, nullable=False),  # gzipped JSON: what this edition was made of
)

edition_files = Table(
    "edition_files",
    metadata,
    Column("edition", Integer, ForeignKey("editions.number"), primary_key=True),
    Column("url", String(200), primary_key=True),
    Column("sha256", String(64), ForeignKey("blobs.sha256"), nullable=False),
    # The page without its date, and the day it last changed: an unchanged page keeps its bytes.
    Column("undated", String(64), nullable=False),
    Column("since", String(10), nullable=False),
)

# Somebody else looked at this very change: any later revision, of the draft or of what is published, is another one.
approvals = Table(
    "approvals",
    metadata,
    Column("kind", String(20), primary_key=True),
    Column("id", String(60), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),
    Column("old", String(64), primary_key=True),  # SHA-256 of what was published; "" where there was nothing
    Column("new", String(64), nullable=False),  # SHA-256 of the draft; "" where it takes the document away
    Column("approver", String(64), nullable=False),
    Column("moment", BigInteger, nullable=False),  # epoch seconds
)

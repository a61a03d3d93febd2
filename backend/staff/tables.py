"""People who work here, how they prove who they are, and what they did. Moments are epoch seconds."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from backend.storage.tables import metadata

people = Table(
    "people",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("handle", LargeBinary(32), nullable=False, unique=True),  # what authenticators know of a person
    Column("name", String(80), nullable=False),
    Column("administrator", Boolean, nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("removed", BigInteger),  # kept: the audit trail names people by their id
)

memberships = Table(
    "memberships",
    metadata,
    Column("person", String(22), ForeignKey("people.id"), primary_key=True),
    Column("organisation", String(60), primary_key=True),
    Column("role", String(10), nullable=False),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("person", String(22), ForeignKey("people.id"), nullable=False, index=True),
    Column("credential", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("name", String(60), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("used", BigInteger, nullable=False),
)

staff_sessions = Table(
    "staff_sessions",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),  # SHA-256 of what the cookie holds
    Column("reference", String(16), nullable=False, unique=True),  # names it in lists; opens nothing
    Column("person", String(22), ForeignKey("people.id"), nullable=False, index=True),
    Column("created", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("confirmed", BigInteger, nullable=False),  # when a passkey last proved who it is
    Column("passkey", Integer, nullable=False),
)

challenges = Table(
    "challenges",
    metadata,
    Column("challenge", LargeBinary(32), primary_key=True),
    Column("bound", LargeBinary(32), nullable=False),  # digest of the cookie it was given to
    Column("purpose", String(12), nullable=False),
    Column("subject", String(44), nullable=False),
    Column("created", BigInteger, nullable=False, index=True),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(22), primary_key=True),
    Column("digest", LargeBinary(32), nullable=False, unique=True),
    Column("kind", String(12), nullable=False),
    Column("person", String(22), ForeignKey("people.id")),  # whose passkey it renews; null: somebody new
    Column("role", String(15), nullable=False),
    Column("organisation", String(60)),
    Column("made_by", String(22), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("opens", BigInteger, nullable=False),
    Column("expires", BigInteger, nullable=False),
    Column("used", BigInteger),
    Column("revoked", BigInteger),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("digest", LargeBinary(32), primary_key=True),
    Column("person", String(22), ForeignKey("people.id"), nullable=False, index=True),
    Column("used", BigInteger),
)

audit = Table(
    "audit",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("moment", String(20), nullable=False),
    Column("actor", String(22), nullable=False),
    Column("action", String(40), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("details", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False, unique=True),
)

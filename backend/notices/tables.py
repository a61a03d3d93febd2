"""Subscriptions and notices as stored. Of a person: a browser's sealed endpoint, what it follows, two days."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, text

from backend.storage.tables import metadata

# Moments are whole seconds since the epoch, UTC.

# Asked for, not yet proven by the echo: ten minutes at most.
pending_subscriptions = Table(
    "pending_subscriptions",
    metadata,
    # A flood that lasts counts far: SQLite's own integers are wide already.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("origin", String(300), nullable=False),
    Column("endpoint_hash", LargeBinary(32), nullable=False, unique=True),  # keyed
    Column("sealed", LargeBinary, nullable=False),  # endpoint and keys, encrypted
    Column("vapid", String(64), nullable=False),  # id of the VAPID key it was made with
    Column("contacts", Text, nullable=False),  # JSON list of ids
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("token_sealed", LargeBinary, nullable=False),  # what the echo carries, until it is sent
    Column("created", BigInteger, nullable=False, index=True),
    Column("sent", Boolean, nullable=False, default=False),
    Column("in_hand", BigInteger, nullable=False, default=0, server_default=text("0")),  # when a worker took it
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("origin", String(300), nullable=False, index=True),
    Column("endpoint_hash", LargeBinary(32), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("vapid", String(64), nullable=False, index=True),
    Column("secret_hash", LargeBinary(32), nullable=False),
    Column("created_day", String(10), nullable=False),
    Column("success_day", String(10), nullable=False, index=True),
)

# Somebody of the staff is followed by their own phones, under this and their id: no contact's id has a stroke.
STAFF = "equipe/"

# Read by keyset, one contact and one push service at a time.
follows = Table(
    "follows",
    metadata,
    Column("contact", String(60), primary_key=True),
    Column("origin", String(300), primary_key=True),
    Column(
        "subscription",
        Integer,
        ForeignKey("subscriptions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,
    ),
)

# Written in the transaction of the publication: also the outbox that delivery reads.
notices = Table(
    "notices",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("contact", String(60), nullable=False, index=True),
    Column("edition", Integer, nullable=False),
    Column("body", Text, nullable=False),  # the push message, JSON
    Column("urgency", String(10), nullable=False),
    Column("created", BigInteger, nullable=False),
    Column("not_before", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),  # after this moment it matters no more
    Column("total", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # waiting, sending, done, replaced
    Index("notices_state", "state", "not_before"),
)

# A stretch of the followers at one push service, with its progress.
lanes = Table(
    "lanes",
    metadata,
    Column("notice", String(36), ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("origin", String(300), nullable=False),
    Column("first", Integer, nullable=False),
    Column("last", Integer, nullable=False),
    Column("cursor", Integer, nullable=False),  # the last subscription dealt with
    Column("size", Integer, nullable=False, server_default=text("0")),  # followers, when it was cut
    Column("delivered", Integer, nullable=False, default=0),
    Column("gone", Integer, nullable=False, default=0),
    Column("later", Integer, nullable=False, default=0),  # to be tried again, or given up at the end
    Column("refused", Integer, nullable=False, default=0),
    Column("epoch", Integer, nullable=False, default=0),  # one more each time the lane lets a service rest
    Column("done", Boolean, nullable=False, default=False),
)

# Sendings to try again, each counted as `later` in its lane.
retries = Table(
    "retries",
    metadata,
    Column("notice", String(36), ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
    Column(
        "subscription",
        Integer,
        ForeignKey("subscriptions.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        index=True,  # who leaves takes their rows along
    ),
    Column("origin", String(300), nullable=False),
    Column("lane", Integer, nullable=False),
    Column("due", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Index("retries_due", "due"),
)

# What is known of each push service: refusals and network faults in a row, until when it rests, why it was stopped.
push_services = Table(
    "push_services",
    metadata,
    Column("origin", String(300), primary_key=True),
    Column("refusals", Integer, nullable=False, default=0),
    Column("faults", Integer, nullable=False, default=0),
    Column("rest_until", BigInteger, nullable=False, default=0),
    Column("stopped", BigInteger),
    Column("reason", String(200)),
)

# Delivery workers alive, so that another takes over what a dead one held.
delivery_workers = Table(
    "delivery_workers",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("seen", BigInteger, nullable=False),
)

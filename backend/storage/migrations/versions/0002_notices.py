"""Subscriptions, notices and their delivery."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _subscriptions()
    _notices()
    _delivery()


def _subscriptions() -> None:
    op.create_table(
        "pending_subscriptions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=True),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("endpoint_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("vapid", sa.String(64), nullable=False),
        sa.Column("contacts", sa.Text, nullable=False),
        sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("token_sealed", sa.LargeBinary, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False, index=True),
        sa.Column("sent", sa.Boolean, nullable=False),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("origin", sa.String(300), nullable=False, index=True),
        sa.Column("endpoint_hash", sa.LargeBinary(32), nullable=False, unique=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("vapid", sa.String(64), nullable=False, index=True),
        sa.Column("secret_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_day", sa.String(10), nullable=False),
        sa.Column("success_day", sa.String(10), nullable=False, index=True),
    )
    op.create_table(
        "follows",
        sa.Column("contact", sa.String(60), primary_key=True),
        sa.Column("origin", sa.String(300), primary_key=True),
        sa.Column(
            "subscription",
            sa.Integer,
            sa.ForeignKey("subscriptions.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
            index=True,
        ),
    )


def _notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("contact", sa.String(60), nullable=False, index=True),
        sa.Column("edition", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("urgency", sa.String(10), nullable=False),
        sa.Column("topic", sa.String(32), nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.Column("not_before", sa.BigInteger, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("total", sa.Integer, nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
    )
    op.create_index("notices_state", "notices", ["state", "not_before"])
    op.create_table(
        "lanes",
        sa.Column("notice", sa.String(36), sa.ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("first", sa.Integer, nullable=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("cursor", sa.Integer, nullable=False),
        sa.Column("delivered", sa.Integer, nullable=False),
        sa.Column("gone", sa.Integer, nullable=False),
        sa.Column("later", sa.Integer, nullable=False),
        sa.Column("refused", sa.Integer, nullable=False),
        sa.Column("epoch", sa.Integer, nullable=False),
        sa.Column("done", sa.Boolean, nullable=False),
    )


def _delivery() -> None:
    op.create_table(
        "retries",
        sa.Column("notice", sa.String(36), sa.ForeignKey("notices.id", ondelete="CASCADE"), primary_key=True),
        sa.Column(
            "subscription",
            sa.Integer,
            sa.ForeignKey("subscriptions.id", ondelete="CASCADE"),
            primary_key=True,
            autoincrement=False,
        ),
        sa.Column("origin", sa.String(300), nullable=False),
        sa.Column("lane", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
    )
    op.create_index("retries_due", "retries", ["due"])
    op.create_table(
        "push_services",
        sa.Column("origin", sa.String(300), primary_key=True),
        sa.Column("refusals", sa.Integer, nullable=False),
        sa.Column("faults", sa.Integer, nullable=False),
        sa.Column("rest_until", sa.BigInteger, nullable=False),
        sa.Column("stopped", sa.BigInteger),
        sa.Column("reason", sa.String(200)),
    )
    op.create_table(
        "delivery_workers",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("seen", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    for table in (
        "delivery_workers",
        "push_services",
        "retries",
        "lanes",
        "notices",
        "follows",
        "subscriptions",
        "pending_subscriptions",
    ):
        op.drop_table(table)

"""When an echo was taken in hand; how many followers a lane was cut with."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column(
        "pending_subscriptions", sa.Column("in_hand", sa.BigInteger, nullable=False, server_default=sa.text("0"))
    )
    op.add_column("lanes", sa.Column("size", sa.Integer, nullable=False, server_default=sa.text("0")))


def downgrade() -> None:
    op.drop_column("lanes", "size")
    op.drop_column("pending_subscriptions", "in_hand")

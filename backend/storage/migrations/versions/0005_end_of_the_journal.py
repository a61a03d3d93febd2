"""A seal on the end of the journal."""

import sqlalchemy as sa
from alembic import op

from backend.storage.audit_end import seal

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "audit_end",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.Column("mac", sa.LargeBinary(32), nullable=False),
    )
    # A journal without a seal would look like one whose seal was taken away.
    last = op.get_bind().execute(sa.text("SELECT number, hash FROM audit ORDER BY number DESC LIMIT 1")).first()
    if last is not None:
        seal(op.get_bind(), last.number, last.hash)


def downgrade() -> None:
    op.drop_table("audit_end")

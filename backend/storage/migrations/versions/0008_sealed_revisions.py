"""A seal on each version of a draft: one written straight into the database is nobody's word."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("revisions", sa.Column("seal", sa.LargeBinary(32)))


def downgrade() -> None:
    op.drop_column("revisions", "seal")

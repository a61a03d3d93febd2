"""Every version of every draft, and who approved which."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "revisions",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("body", sa.Text),
        sa.Column("author", sa.String(64), nullable=False),
        sa.Column("moment", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "approvals",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("revision", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("old", sa.String(64), primary_key=True),
        sa.Column("new", sa.String(64), nullable=False),
        sa.Column("approver", sa.String(64), nullable=False),
        sa.Column("moment", sa.BigInteger, nullable=False),
    )
    op.create_table("backups", sa.Column("moment", sa.BigInteger, primary_key=True, autoincrement=False))
    # What stood before there were revisions was written by the operator: there was nobody else.
    op.execute(
        "INSERT INTO revisions (kind, id, number, body, author, moment) "
        "SELECT kind, id, 1, body, 'operator', 0 FROM documents"
    )


def downgrade() -> None:
    for table in ("backups", "approvals", "revisions"):
        op.drop_table(table)

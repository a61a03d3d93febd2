"""Drafts, editions, their files and blobs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("kind", sa.String(20), primary_key=True),
        sa.Column("id", sa.String(60), primary_key=True),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "blobs",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("plain", sa.LargeBinary, nullable=False),
        sa.Column("gzip", sa.LargeBinary, nullable=False),
        sa.Column("br", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "editions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("issued", sa.String(25), nullable=False),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("signed", sa.Text, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(100), nullable=False),
        sa.Column("bundle_gzip", sa.LargeBinary, nullable=False),
        sa.Column("bundle_br", sa.LargeBinary, nullable=False),
        sa.Column("drafts", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "edition_files",
        sa.Column("edition", sa.Integer, sa.ForeignKey("editions.number"), primary_key=True),
        sa.Column("url", sa.String(200), primary_key=True),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("blobs.sha256"), nullable=False),
        sa.Column("undated", sa.String(64), nullable=False),
        sa.Column("since", sa.String(10), nullable=False),
    )


def downgrade() -> None:
    for table in ("edition_files", "editions", "blobs", "documents"):
        op.drop_table(table)

"""Topics are made with a key when a message leaves: what was stored of them told every push service the contact."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.drop_column("notices", "topic")


def downgrade() -> None:
    op.add_column("notices", sa.Column("topic", sa.String(32), nullable=False, server_default=""))

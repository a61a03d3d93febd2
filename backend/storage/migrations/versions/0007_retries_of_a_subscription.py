"""Who leaves while a push service is away: their sendings to try again are found without reading all of them."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_retries_subscription", "retries", ["subscription"])


def downgrade() -> None:
    op.drop_index("ix_retries_subscription", "retries")

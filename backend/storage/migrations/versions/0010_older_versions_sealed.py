"""What was written before there were seals gets its own, once: drafts that waited then would be nobody's for ever."""

import json

import sqlalchemy as sa
from alembic import op

from backend.storage.seals import sealer

revision = "0010"
down_revision = "0009"

OLDER = "SELECT kind, id, number, body, author, moment FROM revisions WHERE seal IS NULL"
SEAL = "UPDATE revisions SET seal = :seal WHERE kind = :kind AND id = :id AND number = :number"


def upgrade() -> None:
    connection = op.get_bind()
    rows = connection.execute(sa.text(OLDER)).all()
    if not rows:
        return  # nor is there a key yet, at a first start
    seal = sealer(connection, b"appui revision 1")
    values = [
        {"kind": row.kind, "id": row.id, "number": row.number, "seal": seal(json.dumps(list(row)))} for row in rows
    ]
    connection.execute(sa.text(SEAL).bindparams(sa.bindparam("seal", type_=sa.LargeBinary)), values)


def downgrade() -> None:
    """They stay: nothing is read into a seal but who wrote."""

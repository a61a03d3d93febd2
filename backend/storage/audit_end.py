"""Where the journal ends, under a seal: who cuts its tail off must forge it, and its key is not in the database.

A chain of hashes cannot see the loss of its own tail. Each edition is signed with the head of its day, which proves
what came before; the seal, made anew with every entry and in the same transaction, proves what came since.

What it cannot catch: somebody who kept the seal of an earlier moment, and puts it back with the entries of that moment.
They get no further back than the last edition; a whole database put back before that one is told by phones and mirrors,
which hold it. Nor somebody who reads the key: they could sign editions too.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from sqlalchemy import Connection, delete, insert, select

from backend.storage.seals import sealer
from backend.storage.tables import audit_end

_PURPOSE = b"appui end of the journal 1"


def seal(connection: Connection, number: int, hash_: str) -> None:
    """The journal ends with this entry now; called where it is written, by who holds the pen."""
    connection.execute(delete(audit_end))
    connection.execute(insert(audit_end).values(number=number, hash=hash_, mac=_mac(connection, number, hash_)))


def stands(connection: Connection, number: int, hash_: str) -> bool:
    """Whether the seal is that of this last entry; 0 is a journal without entries, which has none."""
    rows = connection.execute(select(audit_end)).all()
    if number == 0:
        return not rows
    if len(rows) != 1 or (rows[0].number, rows[0].hash) != (number, hash_):
        return False
    return hmac.compare_digest(rows[0].mac, _mac(connection, number, hash_))


def end_faults(connection: Connection, number: int, hash_: str) -> Iterator[str]:
    """What is wrong with the end of a journal whose last entry is this, in English."""
    if stands(connection, number, hash_):
        return
    rows = connection.execute(select(audit_end)).all()
    if len(rows) == 1 and hmac.compare_digest(rows[0].mac, _mac(connection, rows[0].number, rows[0].hash)):
        yield f"the journal ends at entry {number}, and was sealed at entry {rows[0].number}: cut or changed since"
    else:
        yield f"the journal ends at entry {number}, and its seal is missing or false"


def _mac(connection: Connection, number: int, hash_: str) -> bytes:
    return sealer(connection, _PURPOSE)(f"{number} {hash_}")

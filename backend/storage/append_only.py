"""A table that the database itself keeps from being altered: rows come one after another and stay.

Triggers, on both databases. Whoever owns the database can drop them; then the chain of hashes tells.
"""

from __future__ import annotations

import re

from sqlalchemy import Connection, text

_SQLITE = (
    """CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    """CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
    # INSERT OR REPLACE would delete without a trigger: a row comes after the last one, or not at all.
    """CREATE TRIGGER audit_in_order BEFORE INSERT ON audit
    WHEN NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit)
    BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END""",
)
_POSTGRESQL = (
    """CREATE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the audit trail is append-only'; END $$""",
    """CREATE FUNCTION audit_order() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN IF NEW.number <> (SELECT COALESCE(MAX(number), 0) + 1 FROM audit)
    THEN RAISE EXCEPTION 'the audit trail is append-only'; END IF; RETURN NEW; END $$""",
    "CREATE TRIGGER audit_no_change BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()",
    "CREATE TRIGGER audit_in_order BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_order()",
)
_SQLITE_UNLOCK = (
    "DROP TRIGGER IF EXISTS audit_no_update",
    "DROP TRIGGER IF EXISTS audit_no_delete",
    "DROP TRIGGER IF EXISTS audit_in_order",
)
_POSTGRESQL_UNLOCK = (
    "DROP FUNCTION IF EXISTS audit_refuse CASCADE",
    "DROP FUNCTION IF EXISTS audit_order CASCADE",
)


# What the database says of the table: the name of each trigger that is in force.
_SQLITE_THERE = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
_POSTGRESQL_THERE = "SELECT tgname FROM pg_trigger WHERE tgrelid = 'audit'::regclass AND tgenabled IN ('O', 'A')"


def missing_locks(connection: Connection) -> list[str]:
    """The triggers that should keep the table and do not: dropped, or (PostgreSQL) switched off."""
    sqlite = connection.dialect.name == "sqlite"
    found = set(connection.execute(text(_SQLITE_THERE if sqlite else _POSTGRESQL_THERE)).scalars())
    wanted = [re.match(r"CREATE TRIGGER (\w+)", statement) for statement in (_SQLITE if sqlite else _POSTGRESQL)]
    return [name[1] for name in wanted if name and name[1] not in found]


def lock_audit(connection: Connection) -> None:
    """From here on the database refuses to change or remove what the table holds."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def unlock_audit(connection: Connection) -> None:
    """For a restore alone, which locks again in the same transaction."""
    for statement in _SQLITE_UNLOCK if connection.dialect.name == "sqlite" else _POSTGRESQL_UNLOCK:
        connection.exec_driver_sql(statement)

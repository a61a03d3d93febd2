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
# By their own names first: one that was altered may call another function than ours.
_POSTGRESQL_UNLOCK = (
    "DROP TRIGGER IF EXISTS audit_no_change ON audit",
    "DROP TRIGGER IF EXISTS audit_no_truncate ON audit",
    "DROP TRIGGER IF EXISTS audit_in_order ON audit",
    "DROP FUNCTION IF EXISTS audit_refuse() CASCADE",
    "DROP FUNCTION IF EXISTS audit_order() CASCADE",
)

# The triggers in force on the table, and all that decides what each does.
_SQLITE_THERE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'"
_POSTGRESQL_THERE = """SELECT tgname, tgtype, tgqual IS NULL AND tgattr::text = '' AND proconfig IS NULL, prosrc
    FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid JOIN pg_language ON pg_language.oid = prolang
    WHERE tgrelid = 'audit'::regclass AND tgenabled IN ('O', 'A') AND lanname = 'plpgsql'"""
# https://github.com/postgres/postgres/blob/REL_17_STABLE/src/include/catalog/pg_trigger.h: the bits of tgtype
_BITS = {"ROW": 1, "BEFORE": 2, "INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def lock_faults(connection: Connection) -> dict[str, str]:
    """The triggers that do not keep the table as they should: name → "missing" (switched off too) or "altered"."""
    wanted, found = _wanted(connection), _in_force(connection)
    return {
        name: "altered" if name in found else "missing"
        for name, definition in wanted.items()
        if found.get(name) != definition
    }


def _wanted(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        return {_name(statement): _plain(statement) for statement in _SQLITE}
    bodies = {_name(made): _plain(made.split("$$")[1]) for made in _POSTGRESQL if made.startswith("CREATE FUNCTION")}
    return {
        _name(made): _facts(_type(made), True, bodies[made.split()[-1].removesuffix("()")])
        for made in _POSTGRESQL
        if made.startswith("CREATE TRIGGER")
    }


def _in_force(connection: Connection) -> dict[str, str]:
    if connection.dialect.name == "sqlite":
        return {name: _plain(sql) for name, sql in connection.execute(text(_SQLITE_THERE))}
    rows = connection.execute(text(_POSTGRESQL_THERE))
    return {name: _facts(type_, always, _plain(source)) for name, type_, always, source in rows}


def _name(statement: str) -> str:
    return re.split(r"\W+", statement)[2]


def _type(statement: str) -> int:
    return sum(bit for word, bit in _BITS.items() if word in statement.split())


def _facts(type_: int, always: bool, source: str) -> str:
    """When it fires, whether on every row, and what it does then."""
    return f"{type_} {always} {source}"


def _plain(sql: str) -> str:
    """Older versions broke their lines elsewhere."""
    return " ".join(sql.split())


def lock_audit(connection: Connection) -> None:
    """From here on the database refuses to change or remove what the table holds."""
    for statement in _SQLITE if connection.dialect.name == "sqlite" else _POSTGRESQL:
        connection.exec_driver_sql(statement)


def unlock_audit(connection: Connection) -> None:
    """For who locks again in the same transaction alone: a restore, and a start that finds a lock broken."""
    for statement in _SQLITE_UNLOCK if connection.dialect.name == "sqlite" else _POSTGRESQL_UNLOCK:
        connection.exec_driver_sql(statement)

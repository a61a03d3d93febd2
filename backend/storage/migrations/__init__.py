"""Alembic migrations, additive first. `HEAD` is what this code expects (a test keeps it true)."""

HEAD = "0010"

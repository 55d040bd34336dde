"""Alembic's revisions, run by `sokoni.db.migrate`."""

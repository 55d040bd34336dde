"""Transactions that write."""

from contextlib import AbstractAsyncContextManager

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine


def writing(engine: AsyncEngine) -> AbstractAsyncContextManager[AsyncConnection]:
    """Begin a transaction that writes; commit it at the end, roll it back on an error.

    On SQLite the transactions of one process queue up (`db/sqlite.py`).
    """
    return engine.begin()

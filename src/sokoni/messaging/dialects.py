"""Picks the statements that suit the database."""

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.base import MYSQL
from sokoni.messaging.outbox import OutboxSql
from sokoni.messaging.outbox_postgresql import PostgresOutboxSql
from sokoni.messaging.outbox_sql import PortableOutboxSql
from sokoni.messaging.outbox_sqlite import SqliteOutboxSql
from sokoni.messaging.statuses import StatusSql
from sokoni.messaging.statuses_postgresql import PostgresStatusSql
from sokoni.messaging.statuses_sql import PortableStatusSql
from sokoni.messaging.turn_postgresql import PostgresTurnSql
from sokoni.messaging.turn_rows import TurnSql
from sokoni.messaging.turn_sql import PortableTurnSql
from sokoni.messaging.turn_sqlite import SqliteTurnSql


def outbox_sql(engine: AsyncEngine) -> OutboxSql:
    if engine.dialect.name == "sqlite":
        return SqliteOutboxSql()
    return PostgresOutboxSql() if engine.dialect.name == "postgresql" else PortableOutboxSql()


def status_sql(engine: AsyncEngine) -> StatusSql:
    name = engine.dialect.name
    return PostgresStatusSql() if name == "postgresql" else PortableStatusSql(locks=name in MYSQL)


def turn_sql(engine: AsyncEngine) -> TurnSql:
    """Return the hot path's statements."""
    if engine.dialect.name == "sqlite":
        return SqliteTurnSql()
    return PostgresTurnSql() if engine.dialect.name == "postgresql" else PortableTurnSql()

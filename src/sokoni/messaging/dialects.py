"""Picks the statements that suit the database."""

from sqlalchemy.ext.asyncio import AsyncEngine

from sokoni.db.base import MYSQL
from sokoni.messaging.outbox import OutboxSql
from sokoni.messaging.outbox_postgresql import PostgresOutboxSql
from sokoni.messaging.outbox_sql import PortableOutboxSql
from sokoni.messaging.statuses import StatusSql
from sokoni.messaging.statuses_postgresql import PostgresStatusSql
from sokoni.messaging.statuses_sql import PortableStatusSql


def outbox_sql(engine: AsyncEngine) -> OutboxSql:
    name = engine.dialect.name
    return PostgresOutboxSql() if name == "postgresql" else PortableOutboxSql(locks=name in MYSQL)


def status_sql(engine: AsyncEngine) -> StatusSql:
    name = engine.dialect.name
    return PostgresStatusSql() if name == "postgresql" else PortableStatusSql(locks=name in MYSQL)

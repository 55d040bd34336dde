"""Remind sellers of listings that near their end, and buyers of what they look for no more."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import UtcDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TABLES = ("listings", "buy_requests")


def upgrade() -> None:
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("asked_at", UtcDateTime(), nullable=True))
    for table in _TABLES:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.add_column(sa.Column("remind_at", UtcDateTime(), nullable=True))
            batch_op.create_index(batch_op.f(f"ix_{table}_remind_at"), ["remind_at"], unique=False)
        _remind(table)


def _remind(name: str) -> None:
    """Have what still stands come up at its end; what ended long ago is left in peace."""
    table = sa.table(
        name,
        sa.column("state"),
        sa.column("expires_at", UtcDateTime()),
        sa.column("remind_at", UtcDateTime()),
    )
    standing = sa.update(table).where(
        table.c.state == "open", table.c.expires_at > datetime.now(UTC)
    )
    op.get_bind().execute(standing.values(remind_at=table.c.expires_at))


def downgrade() -> None:
    for table in reversed(_TABLES):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(batch_op.f(f"ix_{table}_remind_at"))
            batch_op.drop_column("remind_at")
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_column("asked_at")

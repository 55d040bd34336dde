"""Know what channels think of numbers, and when a broadcast went on."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import UtcDateTime

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("channel_accounts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("standing", sa.JSON(), nullable=True))
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("resumed_at", UtcDateTime(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.drop_column("resumed_at")
    with op.batch_alter_table("channel_accounts", schema=None) as batch_op:
        batch_op.drop_column("standing")

"""Add what erased contacts may not be sent."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_stops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", Exact(length=16), nullable=False),
        sa.Column("value_hash", Exact(length=32), nullable=False),
        sa.Column("opted_out_at", UtcDateTime(), nullable=True),
        sa.Column("marketing_stopped_at", UtcDateTime(), nullable=True),
        sa.Column("blocked_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_stops")),
        sa.UniqueConstraint(
            "merchant_id",
            "kind",
            "value_hash",
            name=op.f("uq_kept_stops_merchant_id_kind_value_hash"),
        ),
    )
    op.create_index(op.f("ix_kept_stops_merchant_id"), "kept_stops", ["merchant_id"])


def downgrade() -> None:
    op.drop_table("kept_stops")

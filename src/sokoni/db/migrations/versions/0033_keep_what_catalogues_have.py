"""Keep what channels' own catalogues have."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalogue_items",
        sa.Column("catalogue", Exact(length=64), nullable=False),
        sa.Column("number", Exact(length=100), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("digest", Exact(length=64), nullable=False),
        sa.Column("refused", sa.String(length=300), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint(
            "catalogue", "number", "merchant_id", name=op.f("pk_catalogue_items")
        ),
    )
    with op.batch_alter_table("catalogue_items", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_catalogue_items_merchant_id"), ["merchant_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("catalogue_items")

"""Add deals that both sides confirm."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "deals",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("capability", Exact(length=32), nullable=False),
        sa.Column("subject", Exact(length=64), nullable=False),
        sa.Column("thing", sa.String(length=80), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("provider_said", Exact(length=4), nullable=False),
        sa.Column("customer_said", Exact(length=4), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("agreed_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deals")),
        sa.UniqueConstraint(
            "merchant_id",
            "capability",
            "subject",
            name=op.f("uq_deals_merchant_id_capability_subject"),
        ),
    )
    with op.batch_alter_table("deals", schema=None) as batch_op:
        batch_op.create_index("ix_deals_provider", ["merchant_id", "provider_id", "state"])
        batch_op.create_index("ix_deals_customer", ["merchant_id", "customer_id", "state"])
        batch_op.create_index("ix_deals_expires", ["state", "expires_at"])
        batch_op.create_index(batch_op.f("ix_deals_merchant_id"), ["merchant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("deals")

"""Add waits for free time, and what reviews say of providers."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("providers", schema=None) as batch_op:
        for name in ("reviews_sum", "reviews_count"):
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    op.create_table(
        "booking_waits",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("service", Exact(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("wanted", Sealed, nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_booking_waits_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_waits")),
    )
    with op.batch_alter_table("booking_waits", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_waits_merchant_id"), ["merchant_id"], unique=False
        )
        batch_op.create_index(
            "ix_booking_waits_contact", ["merchant_id", "contact_id"], unique=False
        )
        batch_op.create_index("ix_booking_waits_time", ["provider_id", "ends_at"], unique=False)
        batch_op.create_index("ix_booking_waits_due", ["due_at", "id"], unique=False)
        batch_op.create_index("ix_booking_waits_over", ["ends_at"], unique=False)


def downgrade() -> None:
    op.drop_table("booking_waits")
    with op.batch_alter_table("providers", schema=None) as batch_op:
        batch_op.drop_column("reviews_count")
        batch_op.drop_column("reviews_sum")

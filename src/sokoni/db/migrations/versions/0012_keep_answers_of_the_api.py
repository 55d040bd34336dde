"""Keep what requests with an idempotency key were answered."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("once", Exact(length=64), nullable=False),
        sa.Column("asked", Exact(length=64), nullable=False),
        sa.Column("answer", Sealed, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_answers")),
        sa.UniqueConstraint("merchant_id", "once", name=op.f("uq_kept_answers_merchant_id_once")),
    )
    with op.batch_alter_table("kept_answers", schema=None) as batch_op:
        for column in ("created_at", "merchant_id"):
            batch_op.create_index(batch_op.f(f"ix_kept_answers_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("kept_answers")

"""Count what becomes of tasks."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_counts",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("task", Exact(length=80), nullable=False),
        sa.Column("step", Exact(length=80), nullable=False),
        sa.Column("happened", sa.String(length=16), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "merchant_id", "day", "task", "step", "happened", name=op.f("pk_task_counts")
        ),
    )


def downgrade() -> None:
    op.drop_table("task_counts")

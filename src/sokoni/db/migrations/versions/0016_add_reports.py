"""Add reports that staff look at."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("kind", Exact(length=12), nullable=False),
        sa.Column("capability", Exact(length=32), nullable=False),
        sa.Column("subject", Exact(length=64), nullable=False),
        sa.Column("what", sa.String(length=120), nullable=False),
        sa.Column("about_id", sa.Uuid(), nullable=False),
        sa.Column("reporter_id", sa.Uuid(), nullable=True),
        sa.Column("reason", Exact(length=24), nullable=False),
        sa.Column("text", Sealed, nullable=True),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("decided_by", sa.String(length=80), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint(
            "merchant_id", "reference", name=op.f("uq_reports_merchant_id_reference")
        ),
    )
    with op.batch_alter_table("reports", schema=None) as batch_op:
        batch_op.create_index("ix_reports_state", ["merchant_id", "state", "id"])
        batch_op.create_index("ix_reports_about", ["merchant_id", "about_id", "kind"])
        batch_op.create_index(batch_op.f("ix_reports_merchant_id"), ["merchant_id"], unique=False)
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.add_column(sa.Column("report_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_reviews_report_id"), ["report_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reviews_report_id"))
        batch_op.drop_column("report_id")
    op.drop_table("reports")

"""Add reviews of deals."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reviews",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deal_id", sa.Uuid(), nullable=False),
        sa.Column("rater_id", sa.Uuid(), nullable=False),
        sa.Column("rated_id", sa.Uuid(), nullable=False),
        sa.Column("role", Exact(length=12), nullable=False),
        sa.Column("stars", sa.SmallInteger(), nullable=False),
        sa.Column("text", Sealed, nullable=True),
        sa.Column("state", Exact(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["deal_id"], ["deals.id"], name=op.f("fk_reviews_deal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reviews")),
        sa.UniqueConstraint("deal_id", "rater_id", name=op.f("uq_reviews_deal_id_rater_id")),
    )
    with op.batch_alter_table("reviews", schema=None) as batch_op:
        batch_op.create_index("ix_reviews_rated", ["merchant_id", "rated_id", "state", "id"])
        batch_op.create_index("ix_reviews_rater", ["merchant_id", "rater_id", "created_at"])
        batch_op.create_index(batch_op.f("ix_reviews_merchant_id"), ["merchant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("reviews")

"""Add the places that contacts register."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "places",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("key", Exact(length=160), nullable=False),
        sa.Column("alias_of", Exact(length=120), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_places")),
        sa.UniqueConstraint("merchant_id", "key", name=op.f("uq_places_merchant_id_key")),
    )
    with op.batch_alter_table("places", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_places_merchant_id"), ["merchant_id"], unique=False)


def downgrade() -> None:
    op.drop_table("places")

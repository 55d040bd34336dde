"""Show photos with listings."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("photo_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("photo_awaited", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_listings_photo_id"), ["photo_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("listings", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_listings_photo_id"))
        batch_op.drop_column("photo_awaited")
        batch_op.drop_column("photo_id")

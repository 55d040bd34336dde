"""Let files be the merchant's own."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("contact_id", existing_type=sa.Uuid(), nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM media WHERE contact_id IS NULL")
    with op.batch_alter_table("media", schema=None) as batch_op:
        batch_op.alter_column("contact_id", existing_type=sa.Uuid(), nullable=False)

"""Have carts looked at when their time comes."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import UtcDateTime

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("due_at", UtcDateTime(), nullable=True))
        batch_op.create_index("ix_carts_due_at", ["due_at", "id"], unique=False)
        batch_op.drop_index("ix_carts_updated_at")
        batch_op.create_index("ix_carts_contact_id", ["contact_id"], unique=False)
    op.execute(sa.text("UPDATE carts SET due_at = updated_at"))


def downgrade() -> None:
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.drop_index("ix_carts_contact_id")
        batch_op.create_index("ix_carts_updated_at", ["open", "updated_at"], unique=False)
        batch_op.drop_index("ix_carts_due_at")
        batch_op.drop_column("due_at")

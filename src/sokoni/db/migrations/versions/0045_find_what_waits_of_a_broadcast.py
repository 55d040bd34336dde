"""Find what of a broadcast waits to be sent."""

from alembic import op

revision = "0045"
down_revision = "0042"
branch_labels = None
depends_on = None

_NAME = "ix_broadcast_recipients_unsent"


def upgrade() -> None:
    with op.batch_alter_table("broadcast_recipients", schema=None) as batch_op:
        batch_op.create_index(_NAME, ["broadcast_id", "step", "sent_at"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("broadcast_recipients", schema=None) as batch_op:
        batch_op.drop_index(_NAME)

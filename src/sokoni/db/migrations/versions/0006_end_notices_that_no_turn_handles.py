"""End the notices that no turn handles, which were once stored as if their end were to come."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # 4 is `EventState.IGNORED`. Whatever has ended is deleted when its time has passed.
    op.execute("UPDATE inbox SET handled_at = received_at WHERE state = 4 AND handled_at IS NULL")


def downgrade() -> None:
    """Leave what has ended as it is."""

"""Find what of one merchant's broadcasts somebody was told, by one index."""

from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None

_NAME = "ix_broadcast_recipients_contact"


def upgrade() -> None:
    _index(["contact_id", "merchant_id", "said_at"])


def downgrade() -> None:
    _index(["contact_id", "said_at"])


def _index(columns: list[str]) -> None:
    with op.batch_alter_table("broadcast_recipients", schema=None) as batch_op:
        batch_op.drop_index(_NAME)
        batch_op.create_index(_NAME, columns, unique=False)

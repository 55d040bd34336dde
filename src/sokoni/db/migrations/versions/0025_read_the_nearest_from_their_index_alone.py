"""Read the nearest providers from their index alone."""

from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_NAME = "ix_provider_reach_near"
_WANTED = ["merchant_id", "service", "area", "latitude"]


def upgrade() -> None:
    _index([*_WANTED, "longitude", "shortfall", "provider_id"])


def downgrade() -> None:
    _index(_WANTED)


def _index(columns: list[str]) -> None:
    with op.batch_alter_table("provider_reach", schema=None) as batch_op:
        batch_op.drop_index(_NAME)
        batch_op.create_index(_NAME, columns, unique=False)

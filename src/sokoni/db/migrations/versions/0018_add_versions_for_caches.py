"""Add versions of what caches may hold."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "versions",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("kind", Exact(length=32), nullable=False),
        sa.Column("part", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("changes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("merchant_id", "kind", "part", name=op.f("pk_versions")),
    )


def downgrade() -> None:
    op.drop_table("versions")

"""Keep what the geocoder said, and when it may be asked next."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "geocoder_answers",
        sa.Column("key", Exact(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_geocoder_answers")),
    )
    with op.batch_alter_table("geocoder_answers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_geocoder_answers_expires_at"), ["expires_at"], unique=False
        )

    op.create_table(
        "geocoder_pace",
        sa.Column("name", Exact(length=32), nullable=False),
        sa.Column("next_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_geocoder_pace")),
    )


def downgrade() -> None:
    op.drop_table("geocoder_pace")
    op.drop_table("geocoder_answers")

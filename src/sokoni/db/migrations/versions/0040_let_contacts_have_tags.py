"""Let contacts have tags."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "contact_tags",
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("tag", Exact(length=40), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", "tag", name=op.f("pk_contact_tags")),
    )
    with op.batch_alter_table("contact_tags", schema=None) as batch_op:
        batch_op.create_index("ix_contact_tags_tag", ["merchant_id", "tag"], unique=False)


def downgrade() -> None:
    op.drop_table("contact_tags")

"""Keep where jobs are: the town, the street, the customer's pin."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Sealed

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("town", sa.String(length=80), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("pin", Sealed, nullable=True))

    with op.batch_alter_table("booking_customers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("town", sa.String(length=80), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("address", Sealed, nullable=True))
        batch_op.add_column(sa.Column("pin", Sealed, nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("booking_customers", schema=None) as batch_op:
        batch_op.drop_column("pin")
        batch_op.drop_column("address")
        batch_op.drop_column("town")

    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.drop_column("pin")
        batch_op.drop_column("town")

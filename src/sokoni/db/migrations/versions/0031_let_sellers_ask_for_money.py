"""Let sellers ask for money."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact
from sokoni.db.decimals import Thousandths

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

_COLUMNS = ("pay_state", "pay_amount", "pay_currency", "pay_round")


def upgrade() -> None:
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("pay_state", Exact(length=12), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("pay_amount", Thousandths(), nullable=True))
        batch_op.add_column(
            sa.Column("pay_currency", sa.String(length=3), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("pay_round", sa.SmallInteger(), server_default="0", nullable=False)
        )


def downgrade() -> None:
    with op.batch_alter_table("introductions", schema=None) as batch_op:
        for name in reversed(_COLUMNS):
            batch_op.drop_column(name)

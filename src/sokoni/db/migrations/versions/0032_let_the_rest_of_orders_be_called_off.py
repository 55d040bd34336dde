"""Let the rest of orders be called off, and remember what was paid for them."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.decimals import Thousandths

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_AMOUNTS = ("called_off", "paid")
_PAID = ("paid", "partially_refunded", "refunded")


def upgrade() -> None:
    with op.batch_alter_table("orders", schema=None) as batch_op:
        for name in _AMOUNTS:
            batch_op.add_column(sa.Column(name, Thousandths(), server_default="0", nullable=False))
    with op.batch_alter_table("order_items", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("called_off", sa.Integer(), server_default="0", nullable=False)
        )
    orders = sa.table(
        "orders",
        sa.column("charge_status", sa.String()),
        sa.column("total", Thousandths()),
        sa.column("paid", Thousandths()),
    )
    came = orders.c.charge_status.in_(_PAID)
    op.execute(orders.update().where(came).values(paid=orders.c.total))


def downgrade() -> None:
    with op.batch_alter_table("order_items", schema=None) as batch_op:
        batch_op.drop_column("called_off")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        for name in reversed(_AMOUNTS):
            batch_op.drop_column(name)

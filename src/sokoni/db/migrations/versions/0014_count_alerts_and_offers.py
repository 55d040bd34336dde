"""Count what sellers are told of and answer, and keep what came for a request."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_COUNTS = ("alerted", "answered", "answer_minutes")


def upgrade() -> None:
    with op.batch_alter_table("sellers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("alert_day", Exact(length=10), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("alerts_today", sa.SmallInteger(), server_default="0", nullable=False)
        )
        for name in _COUNTS:
            batch_op.add_column(sa.Column(name, sa.Integer(), server_default="0", nullable=False))
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("answered_at", UtcDateTime(), nullable=True))
    op.create_table(
        "request_offers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("request_id", sa.Uuid(), nullable=False),
        sa.Column("listing_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("shown_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["listing_id"], ["listings.id"], name=op.f("fk_request_offers_listing_id")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["buy_requests.id"], name=op.f("fk_request_offers_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_offers")),
        sa.UniqueConstraint(
            "request_id", "listing_id", name=op.f("uq_request_offers_request_id_listing_id")
        ),
    )
    with op.batch_alter_table("request_offers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_request_offers_merchant_id"), ["merchant_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("request_offers")
    with op.batch_alter_table("alerts", schema=None) as batch_op:
        batch_op.drop_column("answered_at")
    with op.batch_alter_table("sellers", schema=None) as batch_op:
        for name in ("alert_day", "alerts_today", *_COUNTS):
            batch_op.drop_column(name)

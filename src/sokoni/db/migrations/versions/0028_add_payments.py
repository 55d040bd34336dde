"""Add payments."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime
from sokoni.db.decimals import Thousandths

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payment_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("gateway", Exact(length=32), nullable=False),
        sa.Column("account", Exact(length=64), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("config", Sealed, nullable=False),
        sa.Column("paused_reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_accounts")),
        sa.UniqueConstraint("account", name=op.f("uq_payment_accounts_account")),
        sa.UniqueConstraint(
            "merchant_id", "gateway", name=op.f("uq_payment_accounts_merchant_id_gateway")
        ),
    )
    with op.batch_alter_table("payment_accounts", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_accounts_merchant_id"), ["merchant_id"], unique=False
        )

    op.create_table(
        "payments",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("subject", Exact(length=32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("provider", Exact(length=32), nullable=False),
        sa.Column("payment_id", Exact(length=191), nullable=False),
        sa.Column("transaction_id", Exact(length=191), nullable=False),
        sa.Column("payment_link", Sealed, nullable=True),
        sa.Column("token", Exact(length=64), nullable=False),
        sa.Column("attempt", sa.SmallInteger(), nullable=False),
        sa.Column("amount", Thousandths(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("paid", Thousandths(), nullable=False),
        sa.Column("refunded", Thousandths(), nullable=False),
        sa.Column("status", Exact(length=20), nullable=False),
        sa.Column("review", Exact(length=24), nullable=False),
        sa.Column("polls", sa.SmallInteger(), nullable=False),
        sa.Column("poll_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("paid_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payments")),
        sa.UniqueConstraint("token", name=op.f("uq_payments_token")),
    )
    with op.batch_alter_table("payments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_payments_contact", ["merchant_id", "contact_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_payments_merchant_id"), ["merchant_id"], unique=False)
        batch_op.create_index("ix_payments_payment_id", ["payment_id"], unique=False)
        batch_op.create_index("ix_payments_poll_at", ["poll_at"], unique=False)
        batch_op.create_index(
            "ix_payments_subject", ["merchant_id", "subject", "subject_id"], unique=False
        )
        batch_op.create_index("ix_payments_transaction_id", ["transaction_id"], unique=False)

    op.create_table(
        "payment_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("key", Exact(length=191), nullable=False),
        sa.Column("source", Exact(length=12), nullable=False),
        sa.Column("before", Exact(length=20), nullable=False),
        sa.Column("said", Exact(length=20), nullable=False),
        sa.Column("outcome", Exact(length=12), nullable=False),
        sa.Column("amount", Thousandths(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("transaction_id", Exact(length=191), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("said_by", sa.String(length=80), nullable=False),
        sa.Column("said_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_entries_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_entries")),
        sa.UniqueConstraint("payment_id", "key", name=op.f("uq_payment_entries_payment_id_key")),
    )
    with op.batch_alter_table("payment_entries", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_entries_merchant_id"), ["merchant_id"], unique=False
        )

    op.create_table(
        "payment_refunds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("payment_id", sa.Uuid(), nullable=False),
        sa.Column("key", Exact(length=64), nullable=False),
        sa.Column("amount", Thousandths(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("provider_id", Exact(length=191), nullable=False),
        sa.Column("reason", sa.String(length=120), nullable=False),
        sa.Column("asked_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payments.id"], name=op.f("fk_payment_refunds_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_refunds")),
        sa.UniqueConstraint("payment_id", "key", name=op.f("uq_payment_refunds_payment_id_key")),
    )
    with op.batch_alter_table("payment_refunds", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_payment_refunds_merchant_id"), ["merchant_id"], unique=False
        )


def downgrade() -> None:
    for name in ("payment_refunds", "payment_entries", "payments", "payment_accounts"):
        op.drop_table(name)

"""Say things to many."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, UtcDateTime

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", Exact(length=64), nullable=False),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proof", Exact(length=64), nullable=False),
        sa.Column("proof_version", sa.Integer(), nullable=False),
        sa.Column("proof_number", sa.Integer(), nullable=False),
        sa.Column("proof_counts", sa.JSON(), nullable=False),
        sa.Column("proof_costs", sa.JSON(), nullable=False),
        sa.Column("proved_at", UtcDateTime(), nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=True),
        sa.Column("ends_at", UtcDateTime(), nullable=True),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("pace", sa.Double(), nullable=False),
        sa.Column("why", sa.String(length=120), nullable=False),
        sa.Column("made_by", sa.String(length=120), nullable=False),
        sa.Column("sent_by", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
        sa.UniqueConstraint(
            "merchant_id", "reference", name=op.f("uq_broadcasts_merchant_id_reference")
        ),
    )
    with op.batch_alter_table("broadcasts", schema=None) as batch_op:
        batch_op.create_index("ix_broadcasts_due_at", ["due_at"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_broadcasts_merchant_id"), ["merchant_id"], unique=False
        )
    op.create_table(
        "broadcast_recipients",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("broadcast_id", sa.Uuid(), nullable=False),
        sa.Column("proof_number", sa.Integer(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("zone", sa.String(length=40), nullable=False),
        sa.Column("verdict", Exact(length=24), nullable=False),
        sa.Column("step", Exact(length=12), nullable=False),
        sa.Column("marketing", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=True),
        sa.Column("event_id", sa.Uuid(), nullable=True),
        sa.Column("said_at", UtcDateTime(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("delivered_at", UtcDateTime(), nullable=True),
        sa.Column("read_at", UtcDateTime(), nullable=True),
        sa.Column("failed_at", UtcDateTime(), nullable=True),
        sa.Column("error", sa.String(length=120), nullable=False),
        sa.Column("replied_at", UtcDateTime(), nullable=True),
        sa.Column("clicked_at", UtcDateTime(), nullable=True),
        sa.Column("clicked", sa.String(length=40), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcast_recipients")),
        sa.UniqueConstraint(
            "broadcast_id",
            "proof_number",
            "contact_id",
            name=op.f("uq_broadcast_recipients_broadcast_id_proof_number_contact_id"),
        ),
    )
    with op.batch_alter_table("broadcast_recipients", schema=None) as batch_op:
        batch_op.create_index(
            "ix_broadcast_recipients_contact", ["contact_id", "said_at"], unique=False
        )
        batch_op.create_index(
            "ix_broadcast_recipients_due", ["broadcast_id", "step", "due_at", "id"], unique=False
        )
        batch_op.create_index("ix_broadcast_recipients_event_id", ["event_id"], unique=False)
        batch_op.create_index(
            "ix_broadcast_recipients_failed", ["broadcast_id", "failed_at"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_broadcast_recipients_merchant_id"), ["merchant_id"], unique=False
        )


def downgrade() -> None:
    op.drop_table("broadcast_recipients")
    op.drop_table("broadcasts")

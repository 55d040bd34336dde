"""Add registrations."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("registration", Exact(length=32), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("step", Exact(length=32), nullable=False),
        sa.Column("answers", Sealed, nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("completed_at", UtcDateTime(), nullable=True),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint(
            "merchant_id",
            "contact_id",
            "registration",
            name=op.f("uq_registrations_merchant_id_contact_id_registration"),
        ),
        sa.UniqueConstraint(
            "merchant_id", "reference", name=op.f("uq_registrations_merchant_id_reference")
        ),
    )
    with op.batch_alter_table("registrations", schema=None) as batch_op:
        batch_op.create_index("ix_registrations_state", ["merchant_id", "state", "id"])
        batch_op.create_index("ix_registrations_step", ["merchant_id", "step"])
        batch_op.create_index(batch_op.f("ix_registrations_contact_id"), ["contact_id"])
        batch_op.create_index(batch_op.f("ix_registrations_merchant_id"), ["merchant_id"])

    op.create_table(
        "registration_facts",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("slot", Exact(length=32), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registrations.id"],
            name=op.f("fk_registration_facts_registration_id_registrations"),
        ),
        sa.PrimaryKeyConstraint("registration_id", "slot", name=op.f("pk_registration_facts")),
    )
    with op.batch_alter_table("registration_facts", schema=None) as batch_op:
        batch_op.create_index("ix_registration_facts_value", ["merchant_id", "slot", "value"])
        batch_op.create_index(batch_op.f("ix_registration_facts_contact_id"), ["contact_id"])
        batch_op.create_index(batch_op.f("ix_registration_facts_merchant_id"), ["merchant_id"])


def downgrade() -> None:
    op.drop_table("registration_facts")
    op.drop_table("registrations")

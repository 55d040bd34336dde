"""Add providers and bookings."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking_customers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", Exact(length=64), nullable=False),
        sa.Column("place_name", sa.String(length=80), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("onboarded_at", UtcDateTime(), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_customers")),
        sa.UniqueConstraint(
            "merchant_id", "contact_id", name=op.f("uq_booking_customers_merchant_id_contact_id")
        ),
    )
    with op.batch_alter_table("booking_customers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_booking_customers_merchant_id"), ["merchant_id"], unique=False
        )

    op.create_table(
        "providers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("name", Sealed, nullable=False),
        sa.Column("address", Sealed, nullable=True),
        sa.Column("place_id", Exact(length=64), nullable=False),
        sa.Column("place_name", sa.String(length=80), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("status", Exact(length=12), nullable=False),
        sa.Column("lead_minutes", sa.Integer(), nullable=False),
        sa.Column("buffer_minutes", sa.SmallInteger(), nullable=False),
        sa.Column("stars_sum", sa.Integer(), nullable=False),
        sa.Column("stars_count", sa.Integer(), nullable=False),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
        sa.UniqueConstraint(
            "merchant_id", "contact_id", name=op.f("uq_providers_merchant_id_contact_id")
        ),
        sa.UniqueConstraint(
            "merchant_id", "reference", name=op.f("uq_providers_merchant_id_reference")
        ),
    )
    with op.batch_alter_table("providers", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_providers_merchant_id"), ["merchant_id"], unique=False
        )
        batch_op.create_index("ix_providers_status", ["merchant_id", "status", "id"], unique=False)

    op.create_table(
        "bookings",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("reference", Exact(length=24), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("doer_id", sa.Uuid(), nullable=False),
        sa.Column("customer_id", sa.Uuid(), nullable=False),
        sa.Column("service", Exact(length=32), nullable=False),
        sa.Column("issue", Sealed, nullable=True),
        sa.Column("place_id", Exact(length=64), nullable=False),
        sa.Column("place_name", sa.String(length=80), nullable=False),
        sa.Column("address", Sealed, nullable=True),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("time_words", sa.String(length=80), nullable=False),
        sa.Column("status", Exact(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("answer_by", UtcDateTime(), nullable=True),
        sa.Column("proposed_at", UtcDateTime(), nullable=True),
        sa.Column("proposed_by", Exact(length=8), nullable=False),
        sa.Column("note", Sealed, nullable=True),
        sa.Column("ended_by", Exact(length=8), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_bookings_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint(
            "merchant_id", "reference", name=op.f("uq_bookings_merchant_id_reference")
        ),
    )
    with op.batch_alter_table("bookings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_bookings_customer", ["merchant_id", "customer_id", "starts_at"], unique=False
        )
        batch_op.create_index(
            "ix_bookings_doer", ["merchant_id", "doer_id", "status"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_bookings_merchant_id"), ["merchant_id"], unique=False)
        batch_op.create_index(
            "ix_bookings_provider", ["merchant_id", "provider_id", "starts_at"], unique=False
        )

    op.create_table(
        "provider_absences",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_absences_provider_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_absences")),
    )
    with op.batch_alter_table("provider_absences", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_provider_absences_merchant_id"), ["merchant_id"], unique=False
        )
        batch_op.create_index(
            "ix_provider_absences_time", ["provider_id", "ends_at"], unique=False
        )

    op.create_table(
        "provider_areas",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("place_id", Exact(length=64), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("place_name", sa.String(length=80), nullable=False),
        sa.Column("town", sa.String(length=80), nullable=False),
        sa.Column("whole_town", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_areas_provider_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", "place_id", name=op.f("pk_provider_areas")),
    )
    op.create_table(
        "provider_hours",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("weekday", sa.SmallInteger(), nullable=False),
        sa.Column("opens", sa.SmallInteger(), nullable=False),
        sa.Column("closes", sa.SmallInteger(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_hours_provider_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", "weekday", "opens", name=op.f("pk_provider_hours")),
    )
    op.create_table(
        "provider_reach",
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.Column("service", Exact(length=32), nullable=False),
        sa.Column("area", Exact(length=96), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=False),
        sa.Column("longitude", sa.Double(), nullable=False),
        sa.Column("shortfall", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_reach_provider_id")
        ),
        sa.PrimaryKeyConstraint(
            "merchant_id", "service", "area", "provider_id", name=op.f("pk_provider_reach")
        ),
    )
    with op.batch_alter_table("provider_reach", schema=None) as batch_op:
        batch_op.create_index("ix_provider_reach_provider", ["provider_id"], unique=False)
        batch_op.create_index(
            "ix_provider_reach_best",
            ["merchant_id", "service", "area", "shortfall", "provider_id"],
            unique=False,
        )

    op.create_table(
        "provider_services",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("service", Exact(length=32), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_provider_services_provider_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", "service", name=op.f("pk_provider_services")),
    )
    op.create_table(
        "booking_notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("kind", Exact(length=16), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_notices_booking_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_notices")),
        sa.UniqueConstraint("booking_id", "kind", name=op.f("uq_booking_notices_booking_id_kind")),
    )
    with op.batch_alter_table("booking_notices", schema=None) as batch_op:
        batch_op.create_index("ix_booking_notices_due", ["due_at", "id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_booking_notices_merchant_id"), ["merchant_id"], unique=False
        )

    op.create_table(
        "booking_slots",
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["booking_id"], ["bookings.id"], name=op.f("fk_booking_slots_booking_id")
        ),
        sa.ForeignKeyConstraint(
            ["provider_id"], ["providers.id"], name=op.f("fk_booking_slots_provider_id")
        ),
        sa.PrimaryKeyConstraint("provider_id", "quarter", name=op.f("pk_booking_slots")),
    )
    with op.batch_alter_table("booking_slots", schema=None) as batch_op:
        batch_op.create_index("ix_booking_slots_booking", ["booking_id"], unique=False)


_TABLES = (
    "booking_slots",
    "booking_notices",
    "provider_services",
    "provider_reach",
    "provider_hours",
    "provider_areas",
    "provider_absences",
    "bookings",
    "providers",
    "booking_customers",
)


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)

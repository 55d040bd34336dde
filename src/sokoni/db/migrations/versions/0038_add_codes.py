"""Add codes by which people prove their numbers."""

import sqlalchemy as sa
from alembic import op

from sokoni.db.base import Exact, Sealed, UtcDateTime

revision = "0038"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _ways()
    _codes()
    _uses()
    _proofs()


def _ways() -> None:
    op.create_table(
        "code_accounts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("way", Exact(length=32), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("config", Sealed, nullable=False),
        sa.Column("paused_reason", sa.String(length=200), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_accounts")),
        sa.UniqueConstraint("merchant_id", "way", name=op.f("uq_code_accounts_merchant_id_way")),
    )
    _index("code_accounts", "merchant_id")


def _codes() -> None:
    op.create_table(
        "verification_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", Exact(length=32), nullable=False),
        sa.Column("number", Sealed, nullable=False),
        sa.Column("number_hash", Exact(length=32), nullable=False),
        sa.Column("state", Exact(length=12), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("made", sa.SmallInteger(), nullable=False),
        sa.Column("nonce", Exact(length=32), nullable=False),
        sa.Column("digest", Exact(length=64), nullable=False),
        sa.Column("code", Sealed, nullable=True),
        sa.Column("way", Exact(length=32), nullable=False),
        sa.Column("theirs", sa.Boolean(), nullable=False),
        sa.Column("provider_id", Exact(length=64), nullable=False),
        sa.Column("verdict", Exact(length=12), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("sends", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("begun_at", UtcDateTime(), nullable=True),
        sa.Column("expires_at", UtcDateTime(), nullable=True),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_codes")),
        sa.UniqueConstraint(
            "merchant_id",
            "contact_id",
            "purpose",
            "number_hash",
            name="uq_verification_codes_asked",
        ),
    )
    for column in ("merchant_id", "contact_id", "updated_at"):
        _index("verification_codes", column)


def _uses() -> None:
    op.create_table(
        "verification_uses",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", Exact(length=16), nullable=False),
        sa.Column("about_hash", Exact(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_uses")),
        sa.UniqueConstraint(
            "merchant_id",
            "kind",
            "about_hash",
            "seq",
            name=op.f("uq_verification_uses_merchant_id_kind_about_hash_seq"),
        ),
    )
    for column in ("merchant_id", "at"):
        _index("verification_uses", column)


def _proofs() -> None:
    op.create_table(
        "verified_numbers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("contact_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", Exact(length=32), nullable=False),
        sa.Column("number", Sealed, nullable=False),
        sa.Column("number_hash", Exact(length=32), nullable=False),
        sa.Column("contested", sa.Boolean(), nullable=False),
        sa.Column("proven_at", UtcDateTime(), nullable=False),
        sa.Column("merchant_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verified_numbers")),
        sa.UniqueConstraint(
            "merchant_id",
            "contact_id",
            "purpose",
            "number_hash",
            name="uq_verified_numbers_proven",
        ),
    )
    for column in ("merchant_id", "contact_id"):
        _index("verified_numbers", column)
    with op.batch_alter_table("verified_numbers", schema=None) as batch_op:
        batch_op.create_index("ix_verified_numbers_number", ["merchant_id", "number_hash"])


def _index(table: str, column: str) -> None:
    with op.batch_alter_table(table, schema=None) as batch_op:
        batch_op.create_index(batch_op.f(f"ix_{table}_{column}"), [column], unique=False)


def downgrade() -> None:
    for table in ("verified_numbers", "verification_uses", "verification_codes", "code_accounts"):
        op.drop_table(table)

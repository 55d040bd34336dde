"""Merchants and what belongs to them."""

from datetime import datetime
from typing import Any, NewType
from uuid import UUID

from sqlalchemy import JSON, RowMapping, SmallInteger, String, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.reindex import rehashed
from sokoni.db.vault import Vault
from sokoni.kit.ids import AccountId, MerchantId, new_id

StaffId = NewType("StaffId", UUID)
ApiKeyId = NewType("ApiKeyId", UUID)
PaymentAccountId = NewType("PaymentAccountId", UUID)
CodeAccountId = NewType("CodeAccountId", UUID)


class Merchant(Base):
    """One tenant. `settings` holds what its YAML says of each capability."""

    __tablename__ = "merchants"

    id: Mapped[MerchantId] = mapped_column(Uuid, primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(Exact(64), unique=True)
    """As in URLs and in the YAML's `merchant`."""
    name: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2))
    currency: Mapped[str] = mapped_column(String(3))
    timezone: Mapped[str] = mapped_column(String(64))
    languages: Mapped[list[str]] = mapped_column(JSON)
    """The first is the default."""
    capabilities: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Capability name to its settings."""
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Everything else of the YAML, such as `quiet_ms`, `handover_minutes`, `reference_prefix`."""
    created_at: Mapped[datetime]


class ChannelAccount(MerchantScoped, Base):
    """One number or bot of a merchant on one channel."""

    __tablename__ = "channel_accounts"
    __table_args__ = (UniqueConstraint("channel", "key"),)

    id: Mapped[AccountId] = mapped_column(Uuid, primary_key=True, default=new_id)
    channel: Mapped[str] = mapped_column(Exact(32))
    account: Mapped[str] = mapped_column(Exact(64), unique=True)
    """Unguessable, in webhook URLs: it selects the secret."""
    key: Mapped[str] = mapped_column(Exact(128))
    """How the provider's webhooks name it, such as the phone number id."""
    config: Mapped[bytes] = mapped_column(Sealed)
    """JSON of the channel's config model, sealed at "channel_accounts.config"."""
    paused_reason: Mapped[str] = mapped_column(String(200), default="")
    """Why nothing is sent: set when the provider says that the number cannot send."""
    standing: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    """`messaging.standing.NumberStanding`, as JSON; None: the provider never told."""
    created_at: Mapped[datetime]


class PaymentAccount(MerchantScoped, Base):
    """How a merchant takes money by one gateway."""

    __tablename__ = "payment_accounts"
    __table_args__ = (UniqueConstraint("merchant_id", "gateway"),)

    id: Mapped[PaymentAccountId] = mapped_column(Uuid, primary_key=True, default=new_id)
    gateway: Mapped[str] = mapped_column(Exact(32))
    account: Mapped[str] = mapped_column(Exact(64), unique=True)
    """Unguessable, in the address of a gateway that knows one for all payments."""
    place: Mapped[int] = mapped_column(SmallInteger)
    """As in the merchant file: the first is the default."""
    config: Mapped[bytes] = mapped_column(Sealed)
    """JSON of the gateway's config model, sealed at "payment_accounts.config"."""
    paused_reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it is not offered."""
    created_at: Mapped[datetime]


class CodeAccount(MerchantScoped, Base):
    """How a merchant sends codes by which people prove their numbers."""

    __tablename__ = "code_accounts"
    __table_args__ = (UniqueConstraint("merchant_id", "way"),)

    id: Mapped[CodeAccountId] = mapped_column(Uuid, primary_key=True, default=new_id)
    way: Mapped[str] = mapped_column(Exact(32))
    place: Mapped[int] = mapped_column(SmallInteger)
    """As in the merchant file: the first is tried first."""
    config: Mapped[bytes] = mapped_column(Sealed)
    """JSON of the way's config model, sealed at "code_accounts.config"."""
    paused_reason: Mapped[str] = mapped_column(String(200), default="")
    """Why it is not used."""
    created_at: Mapped[datetime]


def _phone_hash(vault: Vault, row: RowMapping) -> str:
    return vault.hash("phone", vault.open_text("staff.phone", row["id"], row["phone"]))


class Staff(MerchantScoped, Base):
    """A person who works for the merchant, told of things on their own WhatsApp address."""

    __tablename__ = "staff"
    __table_args__ = (UniqueConstraint("merchant_id", "phone_hash"),)

    id: Mapped[StaffId] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[bytes] = mapped_column(Sealed)
    role: Mapped[str] = mapped_column(String(16))
    """owner, manager, agent or viewer."""
    phone: Mapped[bytes] = mapped_column(Sealed)
    phone_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(_phone_hash))
    created_at: Mapped[datetime]


class ApiKey(MerchantScoped, Base):
    """A key to `/api/v1`: only its hash is kept."""

    __tablename__ = "api_keys"

    id: Mapped[ApiKeyId] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    key_hash: Mapped[str] = mapped_column(Exact(64), unique=True, info=rehashed(None))
    """SHA-256, under no secret key."""
    scopes: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

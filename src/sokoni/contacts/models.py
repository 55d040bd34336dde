"""Contacts and how they are reached. The phone number is never the key (T-01)."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import Index, RowMapping, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.reindex import rehashed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id

AddressId = NewType("AddressId", UUID)
ConsentId = NewType("ConsentId", UUID)


class Contact(MerchantScoped, Base):
    """A person the merchant talks with."""

    __tablename__ = "contacts"

    id: Mapped[ContactId] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[bytes | None] = mapped_column(Sealed)
    """The name they gave, else the profile name of their channel; sealed at "contacts.name"."""
    name_given: Mapped[bool] = mapped_column(default=False)
    """They told us this name; a profile name never replaces it."""
    phone_given: Mapped[bytes | None] = mapped_column(Sealed)
    """A number they wrote for others to reach them by; sealed at "contacts.phone_given".

    Nobody proved that it is theirs, so it is no address: nothing is sent there, and nobody is
    taken for them by it.
    """
    language: Mapped[str] = mapped_column(String(8), default="")
    """Empty until they have written enough to tell."""
    opted_out_at: Mapped[datetime | None]
    """They said stop: nothing is sent that they did not just ask for."""
    marketing_stopped_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    offered_at: Mapped[datetime | None]
    """When they were asked whether they want offers: once, whatever they answered."""
    merged_into: Mapped[ContactId | None] = mapped_column(Uuid)
    address_version: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    """Grows when addresses come from another contact or are given up, so that no worker goes on
    sending to those that it remembers."""
    created_at: Mapped[datetime]


def _value(vault: Vault, row: RowMapping) -> str:
    return vault.open_text("contact_addresses.value", row["id"], row["value"])


def _value_hash(vault: Vault, row: RowMapping) -> str:
    return vault.hash(row["kind"], _value(vault, row))


def _last4_hash(vault: Vault, row: RowMapping) -> str:
    return vault.hash("last4", _value(vault, row)[-4:]) if row["kind"] == "phone" else ""


class ContactAddress(MerchantScoped, Base):
    """One way to reach a contact. Unique per merchant: one address, one person."""

    __tablename__ = "contact_addresses"
    __table_args__ = (
        UniqueConstraint("merchant_id", "kind", "value_hash"),
        Index("ix_contact_addresses_last4", "merchant_id", "last4_hash"),
    )

    id: Mapped[AddressId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    kind: Mapped[str] = mapped_column(Exact(16))
    """phone, user_id (business-scoped) or chat_id."""
    value: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "contact_addresses.value"."""
    value_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(_value_hash))
    """`Vault.hash(kind, value)`."""
    last4_hash: Mapped[str] = mapped_column(Exact(32), default="", info=rehashed(_last4_hash))
    """`Vault.hash("last4", last four digits)` of a phone, for staff who look it up."""
    created_at: Mapped[datetime]


class KeptStop(MerchantScoped, Base):
    """What an address of an erased contact may not be sent: all that is kept of them."""

    __tablename__ = "kept_stops"
    __table_args__ = (UniqueConstraint("merchant_id", "kind", "value_hash"),)

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Exact(16))
    value_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(None))
    """As in `ContactAddress`. What it was made of is erased, so it cannot be made anew when
    look-ups move to another key: it is looked for under all of them."""
    opted_out_at: Mapped[datetime | None]
    marketing_stopped_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]


class Consent(MerchantScoped, Base):
    """An opt-in or opt-out as it happened: how, in which words, when."""

    __tablename__ = "consents"

    id: Mapped[ConsentId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    purpose: Mapped[str] = mapped_column(String(32))
    """`messages` (everything) or `marketing`."""
    given: Mapped[bool]
    source: Mapped[str] = mapped_column(String(32))
    """chat, channel (its own settings), staff, api or import."""
    wording: Mapped[bytes | None] = mapped_column(Sealed)
    at: Mapped[datetime]


class ContactTag(Base):
    """A word that staff gave a contact, to find them by."""

    __tablename__ = "contact_tags"
    __table_args__ = (Index("ix_contact_tags_tag", "merchant_id", "tag"),)

    contact_id: Mapped[ContactId] = mapped_column(Uuid, primary_key=True)
    tag: Mapped[str] = mapped_column(Exact(40), primary_key=True)
    merchant_id: Mapped[MerchantId] = mapped_column(Uuid)

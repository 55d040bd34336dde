"""What is kept of codes: those that are out, how often was sent and tried, and what is proven."""

from datetime import datetime
from enum import StrEnum
from typing import Final, NewType
from uuid import UUID

from sqlalchemy import (
    Boolean,
    Index,
    Integer,
    RowMapping,
    SmallInteger,
    UniqueConstraint,
    Uuid,
)
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.db.reindex import Rehash, rehashed
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, new_id

CodeId = NewType("CodeId", UUID)
ProofId = NewType("ProofId", UUID)
NUMBER: Final = "verification.number"
"""Kind of the hashes by which numbers are found."""
CODE_NUMBER: Final = "verification_codes.number"
CODE: Final = "verification_codes.code"
PROOF_NUMBER: Final = "verified_numbers.number"


def _hash_at(place: str) -> Rehash:
    def made(vault: Vault, row: RowMapping) -> str:
        return vault.hash(NUMBER, vault.open_text(place, row["id"], row["number"]))

    return made


class CodeState(StrEnum):
    WANTED = "wanted"
    """Somebody is to send it."""
    SENT = "sent"
    UNKNOWN = "unknown"
    """It may have been sent."""
    REFUSED = "refused"
    """Nothing can be sent to the number."""
    TAKEN = "taken"
    """The service that sends codes knows the number already."""
    FAILED = "failed"
    """Nobody could send it for so long that it is given up."""


class Code(MerchantScoped, Base):
    """The one code that a contact may type for a number and a purpose. Deleted when it was."""

    __tablename__ = "verification_codes"
    __table_args__ = (
        UniqueConstraint(
            "merchant_id",
            "contact_id",
            "purpose",
            "number_hash",
            name="uq_verification_codes_asked",
        ),
        Index("ix_verification_codes_updated_at", "updated_at"),
    )

    id: Mapped[CodeId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    """Who asked for it: in nobody else's conversation it is good for anything."""
    purpose: Mapped[str] = mapped_column(Exact(32))
    """What it is for, such as `onboarding`: it proves nothing elsewhere."""
    number: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "verification_codes.number"."""
    number_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(_hash_at(CODE_NUMBER)))
    state: Mapped[str] = mapped_column(Exact(12), default=CodeState.WANTED)
    serial: Mapped[int] = mapped_column(Integer, default=1)
    """The how manieth code it is: a newer one ends those before."""
    made: Mapped[int] = mapped_column(SmallInteger, default=0)
    """How often this one was made anew, because it grew old before it could be sent."""
    nonce: Mapped[str] = mapped_column(Exact(32), default="")
    digest: Mapped[str] = mapped_column(Exact(64), default="")
    """The keyed hash of purpose, number, nonce and code; "" where none was made, or not by us."""
    code: Mapped[bytes | None] = mapped_column(Sealed)
    """Sealed at "verification_codes.code", and only until it is sent."""
    way: Mapped[str] = mapped_column(Exact(32), default="")
    """By which it was sent."""
    theirs: Mapped[bool] = mapped_column(Boolean, default=False)
    """It is made and checked by the way."""
    provider_id: Mapped[str] = mapped_column(Exact(64), default="")
    verdict: Mapped[str] = mapped_column(Exact(12), default="")
    """What the way found of the latest try; "" until it says so."""
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    sends: Mapped[int] = mapped_column(SmallInteger, default=1)
    """How many were asked for: the next has to wait for longer."""
    asked_at: Mapped[datetime]
    """When the latest was."""
    begun_at: Mapped[datetime | None]
    """Since when its sending may be under way: what follows a crash is told by it."""
    expires_at: Mapped[datetime | None]
    updated_at: Mapped[datetime]


class Use(MerchantScoped, Base):
    """One of so many things that may be done in a while. Its number is taken by one only."""

    __tablename__ = "verification_uses"
    __table_args__ = (
        UniqueConstraint("merchant_id", "kind", "about_hash", "seq"),
        Index("ix_verification_uses_at", "at"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(Exact(16))
    """`send` or `failure` of a number, `contact` or `merchant` for what they had sent."""
    about_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(None))
    """Of the number; the contact's id; "" of the merchant. A day later it is gone."""
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime]


class Proof(MerchantScoped, Base):
    """A number that a contact proved to be theirs."""

    __tablename__ = "verified_numbers"
    __table_args__ = (
        UniqueConstraint(
            "merchant_id",
            "contact_id",
            "purpose",
            "number_hash",
            name="uq_verified_numbers_proven",
        ),
        Index("ix_verified_numbers_number", "merchant_id", "number_hash"),
    )

    id: Mapped[ProofId] = mapped_column(Uuid, primary_key=True, default=new_id)
    contact_id: Mapped[ContactId] = mapped_column(Uuid, index=True)
    purpose: Mapped[str] = mapped_column(Exact(32))
    number: Mapped[bytes] = mapped_column(Sealed)
    """Sealed at "verified_numbers.number"."""
    number_hash: Mapped[str] = mapped_column(Exact(32), info=rehashed(_hash_at(PROOF_NUMBER)))
    contested: Mapped[bool] = mapped_column(Boolean, default=False)
    """Somebody else had proven the number before: it counts once staff have decided so."""
    proven_at: Mapped[datetime]

"""What the API remembers of requests that may come again."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped, Sealed
from sokoni.kit.ids import new_id

KeptAnswerId = NewType("KeptAnswerId", UUID)


class KeptAnswer(MerchantScoped, Base):
    """What a request with an `Idempotency-Key` was answered, for whoever sends it again."""

    __tablename__ = "kept_answers"
    __table_args__ = (UniqueConstraint("merchant_id", "once"),)

    id: Mapped[KeptAnswerId] = mapped_column(Uuid, primary_key=True, default=new_id)
    once: Mapped[str] = mapped_column(Exact(64))
    """Hash of the key, and of what was asked with it: method and path."""
    asked: Mapped[str] = mapped_column(Exact(64))
    """Hash of the body."""
    answer: Mapped[bytes | None] = mapped_column(Sealed)
    """JSON, sealed at "kept_answers.answer"."""
    created_at: Mapped[datetime] = mapped_column(index=True)

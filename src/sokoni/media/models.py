"""What is known of a file; its content lies in a store."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped
from sokoni.kit.ids import ContactId

MediaId = NewType("MediaId", UUID)


class StoredFile(MerchantScoped, Base):
    """A file that a contact sent, theirs until it is erased with them; or the merchant's own."""

    __tablename__ = "media"

    id: Mapped[MediaId] = mapped_column(Uuid, primary_key=True)
    """That of the request that fetched it, so that fetching again makes no second file."""
    contact_id: Mapped[ContactId | None] = mapped_column(Uuid, index=True)
    """Whose it is; None: the merchant's own."""
    mime_type: Mapped[str] = mapped_column(Exact(64))
    """As found in its bytes, never as told."""
    size: Mapped[int]
    """Of the content in bytes, before it is sealed."""
    width: Mapped[int] = mapped_column(default=0)
    height: Mapped[int] = mapped_column(default=0)
    stored_at: Mapped[datetime | None]
    """None: its content is on its way into the store."""
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    """When it is deleted; None: something uses it."""
    created_at: Mapped[datetime]

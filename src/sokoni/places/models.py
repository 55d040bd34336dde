"""Places that a merchant's contacts registered, beside those we ship."""

from datetime import datetime
from typing import NewType
from uuid import UUID

from sqlalchemy import Double, String, UniqueConstraint, Uuid, false
from sqlalchemy.orm import Mapped, mapped_column

from sokoni.db.base import Base, Exact, MerchantScoped
from sokoni.kit.ids import ContactId, new_id

PlaceId = NewType("PlaceId", UUID)


class RegisteredPlace(MerchantScoped, Base):
    """A place known to one merchant, or another name of a place that we ship."""

    __tablename__ = "places"
    __table_args__ = (UniqueConstraint("merchant_id", "key"),)

    id: Mapped[PlaceId] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(Exact(160))
    """The name as it is compared."""
    alias_of: Mapped[str] = mapped_column(Exact(120), default="")
    """Id of the shipped place that this is another name of; empty for a place of its own."""
    town: Mapped[str] = mapped_column(String(80), default="")
    latitude: Mapped[float] = mapped_column(Double)
    """To a hundredth of a degree, about a kilometre: a farm is found, a house is not."""
    longitude: Mapped[float] = mapped_column(Double)
    contact_id: Mapped[ContactId | None] = mapped_column(Uuid)
    """Who registered it; none: a member of staff."""
    created_at: Mapped[datetime]
    verified: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Staff have looked at it."""


class GeocoderAnswer(Base):
    """What a geocoder said, for whoever asks about the same point; nobody's in particular."""

    __tablename__ = "geocoder_answers"

    key: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    """Hash of the question."""
    name: Mapped[str] = mapped_column(String(80))
    """Empty: nothing is there that has a name."""
    town: Mapped[str] = mapped_column(String(80))
    expires_at: Mapped[datetime] = mapped_column(index=True)


class GeocoderPace(Base):
    """When a geocoder may be asked next, by whichever process takes the turn."""

    __tablename__ = "geocoder_pace"

    name: Mapped[str] = mapped_column(Exact(32), primary_key=True)
    next_at: Mapped[datetime]

"""Contacts who book: where they live, and whether they introduced themselves."""

from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import Select, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import BookingCustomer
from sokoni.db.session import insert_once
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace

_CUSTOMERS: Final = cast("Table", BookingCustomer.__table__)


class Customers:
    """One merchant's customers."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def find(self, contact_id: ContactId) -> BookingCustomer | None:
        statement = self._customers().where(BookingCustomer.contact_id == contact_id)
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def lives(self, contact_id: ContactId, place: KnownPlace) -> None:
        """Remember where the contact wants jobs done, for the next time."""
        await self._set(
            contact_id,
            place_id=place.id,
            place_name=place.name,
            latitude=place.latitude,
            longitude=place.longitude,
        )

    async def is_introduced(self, contact_id: ContactId) -> None:
        """Note that the contact has told their name and place, and agreed to what we keep."""
        await self._set(contact_id, onboarded_at=self._now)

    async def _set(self, contact_id: ContactId, **values: Any) -> None:  # noqa: ANN401 -- columns
        row = {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
            "place_id": "",
            "place_name": "",
            "registered_at": self._now,
            "updated_at": self._now,
        }
        await insert_once(self._session, _CUSTOMERS, [row])
        changing = update(BookingCustomer).where(
            BookingCustomer.merchant_id == self._merchant_id,
            BookingCustomer.contact_id == contact_id,
        )
        await self._session.execute(changing.values(updated_at=self._now, **values))

    def _customers(self) -> Select[BookingCustomer]:
        """Scope of every query for customers."""
        return select(BookingCustomer).where(BookingCustomer.merchant_id == self._merchant_id)

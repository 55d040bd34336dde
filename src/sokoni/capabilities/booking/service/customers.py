"""Contacts who book: where they live, and whether they introduced themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast
from uuid import UUID

from sqlalchemy import Select, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.booking.models import BookingCustomer
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.language.reading import KnownPlace
from sokoni.places.pins import Pin, pin_from, pin_text

ADDRESS: Final = "booking_customers.address"
PIN: Final = "booking_customers.pin"
_CUSTOMERS: Final = cast("Table", BookingCustomer.__table__)


@dataclass(frozen=True, slots=True)
class Home:
    """Where a contact last wanted a job done."""

    place_name: str
    town: str
    address: str
    pin: Pin | None


class Customers:
    """One merchant's customers."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def find(self, contact_id: ContactId) -> BookingCustomer | None:
        statement = self._customers().where(BookingCustomer.contact_id == contact_id)
        return await self._session.scalar(statement.execution_options(populate_existing=True))

    async def page(self, *, after: UUID | None, limit: int) -> Sequence[BookingCustomer]:
        """Return customers in the order in which they came, for the API and pages."""
        statement = self._customers().order_by(BookingCustomer.id).limit(limit)
        if after is not None:
            statement = statement.where(BookingCustomer.id > after)
        return (await self._session.scalars(statement)).all()

    async def home_of(self, contact_id: ContactId) -> Home | None:
        """Return where the contact lives, as far as they have told."""
        one = await self.find(contact_id)
        if one is None or not one.place_name:
            return None
        pin = pin_from(self._vault.open_text(PIN, one.id, one.pin))
        address = self._vault.open_text(ADDRESS, one.id, one.address)
        return Home(one.place_name, one.town, address, pin)

    async def lives(self, contact_id: ContactId, place: KnownPlace, address: str = "") -> None:
        """Remember where the contact wants jobs done, for the next time."""
        await self._set(
            contact_id,
            place_id=place.id,
            place_name=place.name,
            town=place.town,
            latitude=place.latitude,
            longitude=place.longitude,
        )
        one = await self.find(contact_id)
        if one is not None:
            one.address = self._vault.seal_said(ADDRESS, one.id, address)
            one.pin = self._vault.seal_said(PIN, one.id, pin_text(place.pin))
            await self._session.flush()

    async def is_introduced(self, contact_id: ContactId, *, introduced: bool = True) -> None:
        """Note that the contact has told their name and place, and agreed to what we keep."""
        await self._set(contact_id, onboarded_at=self._now if introduced else None)

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

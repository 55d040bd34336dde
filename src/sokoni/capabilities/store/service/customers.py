"""How contacts had things delivered the last time, so that nobody is asked twice."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import StoreCustomer
from sokoni.db.session import insert_once
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.places.pins import Pin, pin_from, pin_text

ADDRESS: Final = "store_customers.address"
PIN: Final = "store_customers.pin"
_CUSTOMERS: Final = cast("Table", StoreCustomer.__table__)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastTime:
    """How a contact had things delivered the last time."""

    delivery: str
    address: str
    pin: Pin | None


class StoreCustomers:
    """Those who bought from one merchant."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant_id = merchant_id
        self._now = now

    async def last_time(self, contact_id: ContactId) -> LastTime | None:
        """Return how the contact had things the last time, None where they never bought."""
        row = await self._find(contact_id)
        if row is None:
            return None
        address = self._vault.open_text(ADDRESS, row.id, row.address)
        pin = pin_from(self._vault.open_text(PIN, row.id, row.pin))
        return LastTime(delivery=row.delivery, address=address, pin=pin)

    async def remember(
        self, contact_id: ContactId, delivery: str, address: str, pin: Pin | None
    ) -> None:
        """Remember how they had it; an address stays where this time none was wanted."""
        row = await self._find(contact_id)
        if row is None:
            made = {
                "id": new_id(),
                "merchant_id": self._merchant_id,
                "contact_id": contact_id,
                "updated_at": self._now,
            }
            await insert_once(self._session, _CUSTOMERS, [made])
            row = await self._find(contact_id)
        if row is None:
            return
        row.delivery, row.updated_at = delivery, self._now
        if address or pin is not None:
            row.address = self._vault.seal_said(ADDRESS, row.id, address)
            row.pin = self._vault.seal_said(PIN, row.id, pin_text(pin))
        await self._session.flush()

    async def _find(self, contact_id: ContactId) -> StoreCustomer | None:
        return await self._session.scalar(
            select(StoreCustomer).where(
                StoreCustomer.merchant_id == self._merchant_id,
                StoreCustomer.contact_id == contact_id,
            )
        )

"""What staff change of an order before it is sent: where it goes, and its note."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Move
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.service.checkout import NotDeliveredError
from sokoni.capabilities.store.service.moves import Moves, Moving
from sokoni.capabilities.store.service.placing import ADDRESS, NOTE
from sokoni.capabilities.store.service.shipping import Destination, offers
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.db.vault import Vault
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile


class Amending:
    """Changes one merchant's orders. Amounts stay as they were agreed on."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant: MerchantProfile, now: datetime
    ) -> None:
        self._vault = vault
        self._merchant = merchant
        self._moves = Moves(session, merchant.id, now)

    async def amend(
        self, order: Order, staff: str, *, address: str | None, note: str | None
    ) -> Order:
        """Change what is said; `OrderMovedError`, `NotDeliveredError`.

        The history says what was changed, and nothing of what it says: that may be erased.
        """
        values: dict[str, bytes | None] = {}
        there = order.shipping_total
        if address is not None:
            there = self._costs(order, address)
            # A pin that was sent is of the old address.
            values |= {"address": self._vault.seal_said(ADDRESS, order.id, address), "pin": None}
        if note is not None:
            values["note"] = self._vault.seal_said(NOTE, order.id, note)
        changed = [name for name in ("address", "note") if name in values]
        data = {"changed": ", ".join(changed)}
        if there != order.shipping_total:
            # For staff, who may ask for the difference or let it be.
            data["shipping_there"] = f"{Money(there, order.currency).amount} {order.currency}"
        moving = Moving(
            move=Move.AMEND,
            by=By.STAFF,
            staff=staff,
            values=values,
            data=data,
        )
        return await self._moves.make(order, moving)

    def _costs(self, order: Order, address: str) -> Decimal:
        """Return what bringing it there costs today, by the order's own way.

        `NotDeliveredError` where that does not go there.
        """
        option = self._merchant.settings(NAME, StoreSettings).option(order.delivery)
        if order.collects or option is None:
            return order.shipping_total
        to = Destination(text=address, country=self._merchant.country)
        items = Money(order.items_total, order.currency)
        found = offers([option], to, weight_grams=order.weight_grams, items=items)
        if not address or not found:
            raise NotDeliveredError(order.delivery)
        return found[0].price.amount

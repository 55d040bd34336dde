"""What contacts write beside a cart: "please deliver before 5pm"."""

from datetime import datetime
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.service.cart_rows import CartRows
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId, ConversationId, MerchantId

NOTE: Final = "carts.note"


class CartNotes:
    """The notes of one merchant's open carts, each of which goes with its cart."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant_id: MerchantId, now: datetime
    ) -> None:
        self._rows = CartRows(session, merchant_id, now)
        self._vault = vault

    def read(self, cart: Cart | None) -> str:
        """Return what stands beside a cart, "" where nothing does."""
        return "" if cart is None else self._vault.open_text(NOTE, cart.id, cart.note)

    async def of(self, contact_id: ContactId) -> str:
        """Return what stands beside the contact's cart."""
        return self.read(await self._rows.find(contact_id))

    async def write(
        self, contact_id: ContactId, text: str, conversation_id: ConversationId | None = None
    ) -> None:
        """Have this stand beside the cart instead of what did; "": nothing."""
        cart = await self._rows.opened(contact_id, conversation_id)
        if text != self.read(cart):
            sealed = self._vault.seal_text(NOTE, cart.id, text) if text else None
            await self._rows.touch(cart, note=sealed)

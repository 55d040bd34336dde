"""Carts: one open cart for each contact, and what is put in and taken out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.service.cart_rows import CartRows
from sokoni.capabilities.store.service.carted import (
    MOST,
    CartLine,
    CartShown,
    Finding,
    Taken,
    Trouble,
    Wanted,
    findings_of,
)
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, ConversationId, MerchantId


class NotSoldError(AppError):
    """The merchant sells no such thing, or no longer."""

    code = "not_sold"


class NotEnoughError(AppError):
    """Fewer are left than wanted."""

    code = "not_enough"

    def __init__(self, line: CartLine, left: int) -> None:
        super().__init__(line.variant.sku, left)
        self.line = line
        self.left = left


class Carts:
    """The carts of one merchant's contacts."""

    def __init__(
        self, session: AsyncSession, merchant_id: MerchantId, now: datetime, currency: str
    ) -> None:
        self._rows = CartRows(session, merchant_id, now)
        self._currency = currency

    # --- reading ------------------------------------------------------------------------------

    async def show(self, contact_id: ContactId) -> CartShown:
        """Return what stands in the contact's cart, in the order in which it was put there."""
        cart = await self._rows.find(contact_id)
        if cart is None:
            return CartShown(currency=self._currency)
        lines = await self._rows.lines(cart)
        return CartShown(
            currency=self._currency,
            lines=tuple(line for line in lines if not line.saved),
            saved=tuple(line for line in lines if line.saved),
            focus=cart.focus_id,
            coupon=cart.coupon,
            cart=cart,
        )

    async def findings(self, contact_id: ContactId) -> Sequence[Finding]:
        """Return what of the cart is no longer as the contact was told."""
        return findings_of((await self.show(contact_id)).lines)

    async def basket(self, pieces: Mapping[VariantId, int], coupon: str = "") -> CartShown:
        """Return goods at today's prices that stand in nobody's cart."""
        found = {line.id: line for line in await self._rows.goods(pieces)}
        lines = (replace(found[one], quantity=pieces[one]) for one in pieces if one in found)
        return CartShown(currency=self._currency, lines=tuple(lines), coupon=coupon)

    # --- putting in ---------------------------------------------------------------------------

    async def add(
        self,
        contact_id: ContactId,
        variant_id: VariantId,
        quantity: int = 1,
        *,
        conversation_id: ConversationId | None = None,
    ) -> CartLine:
        """Put so many more in the cart; `NotSoldError`, `NotEnoughError`: nothing changes."""
        cart = await self._rows.opened(contact_id, conversation_id)
        line = await self._asked(cart, variant_id)
        return await self._set(cart, line, line.in_cart + quantity)

    async def put(
        self, contact_id: ContactId, variant_id: VariantId, quantity: int
    ) -> CartLine | None:
        """Have so many in the cart, whatever was there; None: none is any more."""
        if quantity < 1:
            return await self.remove(contact_id, variant_id)
        cart = await self._rows.opened(contact_id)
        return await self._set(cart, await self._asked(cart, variant_id), quantity)

    async def take_lines(
        self,
        contact_id: ContactId,
        wanted: Sequence[Wanted],
        conversation_id: ConversationId | None = None,
    ) -> Taken:
        """Put in what a WhatsApp catalogue order names, at our own prices.

        A price that the contact saw elsewhere is compared, never believed.
        """
        known = await self._rows.named([one.retailer_id.strip() for one in wanted])
        cart = await self._rows.opened(contact_id, conversation_id)
        findings: list[Finding] = []
        for one in wanted:
            line = await self._known(cart, known, one)
            if line is not None:
                asked = replace(line, quantity=line.in_cart + one.quantity)
                seen = line.variant.price if one.price is None else one.price
                findings += findings_of([replace(asked, seen_price=seen)])
                await self._set_at_most(cart, asked)
        shown = await self.show(contact_id)
        ids = {known.get(one.retailer_id.strip()) for one in wanted}
        unknown = [one.retailer_id for one in wanted if one.retailer_id.strip() not in known]
        return Taken([line for line in shown.lines if line.id in ids], unknown, findings)

    async def restore(
        self, contact_id: ContactId, quantities: Mapping[VariantId, int]
    ) -> CartShown:
        """Put back what was cleared, as far as it is still to be had."""
        cart = await self._rows.opened(contact_id)
        for variant_id, quantity in quantities.items():
            line = await self._rows.find_line(cart, variant_id)
            if line is not None:
                await self._set_at_most(cart, replace(line, quantity=quantity))
        return await self.show(contact_id)

    async def look_at(
        self,
        contact_id: ContactId,
        variant_id: VariantId,
        conversation_id: ConversationId | None = None,
    ) -> None:
        """Note what the contact looks at: "2 of them" is of this (CV-16)."""
        cart = await self._rows.opened(contact_id, conversation_id)
        await self._rows.look(cart, variant_id)

    # --- taking out ---------------------------------------------------------------------------

    async def remove(
        self, contact_id: ContactId, variant_id: VariantId, quantity: int | None = None
    ) -> CartLine | None:
        """Take so many out, or all of them; return what is left of the line."""
        shown = await self.show(contact_id)
        line = shown.line(variant_id)
        if line is None or shown.cart is None:
            return None
        left = 0 if quantity is None else line.quantity - quantity
        if left < 1:
            await self._rows.drop(shown.cart, [variant_id])
            await self._rows.touch(shown.cart, focus_id=variant_id)
            return None
        # Fewer than before: how many are left in the shop is of no matter.
        return await self._write(shown.cart, replace(line, quantity=left))

    async def clear(self, contact_id: ContactId) -> Sequence[CartLine]:
        """Take everything out but what is kept for later; return what it was."""
        shown = await self.show(contact_id)
        if shown.cart is not None:
            await self._rows.drop(shown.cart, [line.id for line in shown.lines])
            await self._rows.touch(shown.cart, coupon="", note=None)
        return shown.lines

    async def save(self, contact_id: ContactId, variant_id: VariantId) -> bool:
        """Keep a line for later; False where it is not in the cart."""
        shown = await self.show(contact_id)
        line = shown.line(variant_id)
        if line is None or shown.cart is None:
            return False
        await self._rows.write(shown.cart, line, saved=True)
        await self._rows.touch(shown.cart)
        return True

    async def bring_back(self, contact_id: ContactId, variant_id: VariantId) -> CartLine | None:
        """Put back what was kept for later, at today's price; None where it was not.

        `NotEnoughError` where there are fewer by now.
        """
        shown = await self.show(contact_id)
        line = next((one for one in shown.saved if one.id == variant_id), None)
        if line is None or shown.cart is None:
            return None
        return await self._set(shown.cart, line, line.quantity)

    async def mend(self, contact_id: ContactId) -> Sequence[Finding]:
        """Put the cart right and return what was wrong: the contact is to be told of it."""
        shown = await self.show(contact_id)
        found = findings_of(shown.lines)
        if shown.cart is None or not found:
            return found
        gone = {one.line.id for one in found if one.trouble in {Trouble.GONE, Trouble.OUT}}
        await self._rows.drop(shown.cart, gone)
        for line in {one.line.id: one.line for one in found if one.line.id not in gone}.values():
            await self._rows.write(shown.cart, replace(line, quantity=line.to_be_had))
        await self._rows.touch(shown.cart)
        return found

    async def set_coupon(self, contact_id: ContactId, code: str) -> None:
        """Note with which coupon the cart is to be priced; "": with none."""
        await self._rows.touch(await self._rows.opened(contact_id), coupon=code)

    async def close(self, shown: CartShown) -> bool:
        """End the cart that was read: it is ordered. False where it changed since.

        What is kept for later goes on in a new cart.
        """
        if shown.cart is None or not await self._rows.close(shown.cart):
            return False
        if shown.saved:
            await self._rows.move_saved(shown.cart, await self._rows.opened(shown.cart.contact_id))
        return True

    # --- one line -----------------------------------------------------------------------------

    async def _asked(self, cart: Cart, variant_id: VariantId) -> CartLine:
        line = await self._rows.find_line(cart, variant_id)
        if line is None or not line.on_sale:
            raise NotSoldError(str(variant_id))
        return line

    async def _known(
        self, cart: Cart, known: Mapping[str, VariantId], wanted: Wanted
    ) -> CartLine | None:
        variant_id = known.get(wanted.retailer_id.strip())
        if variant_id is None or wanted.quantity < 1:
            return None
        return await self._rows.find_line(cart, variant_id)

    async def _set(self, cart: Cart, line: CartLine, quantity: int) -> CartLine:
        most = MOST if line.left is None else min(MOST, line.left)
        if quantity > most:
            raise NotEnoughError(line, most)
        return await self._write(cart, replace(line, quantity=quantity))

    async def _set_at_most(self, cart: Cart, line: CartLine) -> None:
        """Put in as many of what is wanted as may be had."""
        if line.to_be_had > 0:
            await self._write(cart, replace(line, quantity=min(line.to_be_had, MOST)))

    async def _write(self, cart: Cart, line: CartLine) -> CartLine:
        await self._rows.write(cart, line)
        await self._rows.touch(cart, focus_id=line.id)
        return replace(line, seen_price=line.variant.price, saved=False)

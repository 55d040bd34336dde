"""Goods become an order, in one go: sums, coupon, stock, items, history, or nothing at all."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import By, Charge, Move, Status
from sokoni.capabilities.store.models.catalogue import VariantId
from sokoni.capabilities.store.models.orders import Order, OrderId, OrderItem
from sokoni.capabilities.store.service.cart_notes import CartNotes
from sokoni.capabilities.store.service.carted import CartShown, Finding, findings_of
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.checkout import Checkout, Quote, Wish
from sokoni.capabilities.store.service.coupons import CouponRefusedError, Coupons
from sokoni.capabilities.store.service.moves import Moves, Moving
from sokoni.capabilities.store.service.stock import InsufficientStockError, Stock
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, ConversationId, new_id, new_reference
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.pins import Pin, pin_text

ADDRESS: Final = "orders.address"
PIN: Final = "orders.pin"
NOTE: Final = "orders.note"
_LONGEST_NAME: Final = 300


class CartChangedError(AppError):
    """Something of the cart is no longer as the contact was told."""

    code = "cart_changed"

    def __init__(self, findings: "tuple[Finding, ...]") -> None:
        super().__init__(*(f"{one.line.variant.sku}: {one.trouble}" for one in findings))
        self.findings = findings
        """Nothing: somebody changed the cart at this moment, or bought the last one."""


class TotalChangedError(AppError):
    """It comes to another amount than the contact said yes to."""

    code = "total_changed"

    def __init__(self, quote: Quote) -> None:
        super().__init__(str(quote.sums.total))
        self.quote = quote


@dataclass(frozen=True, slots=True)
class Goods:
    """What staff put together for a contact, whose own cart stays as it is."""

    pieces: Mapping[VariantId, int]
    coupon: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a contact says yes to."""

    contact_id: ContactId
    conversation_id: ConversationId | None
    language: str
    wish: Wish
    goods: Goods | None = None
    """None: what stands in the contact's cart."""
    address: str = ""
    pin: Pin | None = None
    note: str = ""
    """"" leaves it to the cart's."""
    prepaid: bool = True
    """It is paid before anything is sent: until then its stock is promised, not taken."""
    agreed: Decimal | None = None
    """The total that the contact was told; another is refused."""
    by: By = By.CONTACT
    staff: str = ""


class Placing:
    """Places one merchant's orders."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant: MerchantProfile, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._merchant = merchant
        self._now = now
        self._settings = merchant.settings(NAME, StoreSettings)
        self._checkout = Checkout(session, merchant, now)
        self._carts = Carts(session, merchant.id, now, merchant.currency)
        self._notes = CartNotes(session, vault, merchant.id, now)
        self._coupons = Coupons(session, merchant.id, now)
        self._stock = Stock(session, merchant.id, now)
        self._moves = Moves(session, merchant.id, now)

    async def quote(self, new: NewOrder) -> Quote:
        """Add up what would be ordered; `CartEmptyError`, `NotDeliveredError`."""
        return await self._checkout.quote_of(await self._shown(new), new.contact_id, new.wish)

    async def place(self, new: NewOrder) -> Order:
        """Make an order of the cart or the goods. Whoever refuses has written nothing."""
        quote = await self.quote(new)
        if quote.findings:
            raise CartChangedError(tuple(quote.findings))
        if quote.coupon_refused is not None:
            raise CouponRefusedError(quote.coupon_refused)
        if new.agreed is not None and new.agreed != quote.sums.total:
            raise TotalChangedError(quote)
        try:
            async with self._session.begin_nested():
                note = new.note or self._notes.read(quote.shown.cart)
                return await self._placed(replace(new, note=note), quote)
        except InsufficientStockError as error:
            # Somebody bought it since the cart was read: what is left is read anew.
            found = findings_of((await self._shown(new)).lines)
            raise CartChangedError(tuple(found)) from error

    async def _shown(self, new: NewOrder) -> CartShown:
        if new.goods is None:
            return await self._carts.show(new.contact_id)
        return await self._carts.basket(new.goods.pieces, new.goods.coupon)

    async def _placed(self, new: NewOrder, quote: Quote) -> Order:
        if new.goods is None and not await self._carts.close(quote.shown):
            raise CartChangedError(())
        order = self._order(new, quote)
        self._session.add(order)
        await self._session.flush()
        if quote.coupon is not None:
            await self._coupons.use(quote.coupon, new.contact_id, order.id)
        self._session.add_all(self._items(order, quote))
        await self._promise(order, quote)
        data = {"total": str(order.total), "pieces": quote.shown.pieces}
        placed = Moving(move=Move.PLACE, by=new.by, staff=new.staff, data=data)
        await self._moves.note(order, placed)
        return order

    async def _promise(self, order: Order, quote: Quote) -> None:
        """Promise the goods to who must pay first; others have them at once."""
        pieces = {line.id: line.quantity for line in quote.shown.lines}
        if order.pay_until is None:
            await self._stock.take(order.id, pieces)
        else:
            await self._stock.reserve(order.id, pieces, order.pay_until)

    def _order(self, new: NewOrder, quote: Quote) -> Order:
        order_id, sums = OrderId(new_id()), quote.sums
        charge = _charge(new, sums.total)
        waits = self._now + timedelta(minutes=self._settings.pay_minutes)
        return Order(
            id=order_id,
            merchant_id=self._merchant.id,
            reference=new_reference(self._settings.order_prefix),
            contact_id=new.contact_id,
            conversation_id=new.conversation_id,
            status=Status.PAID if charge is Charge.PAID else Status.PLACED,
            charge_status=charge,
            currency=sums.currency,
            items_total=sums.items,
            discount_total=sums.discount,
            shipping_total=sums.shipping,
            tax_total=sums.tax,
            tax_included=sums.tax_included,
            total=sums.total,
            called_off=Decimal(0),
            paid=Decimal(0),
            refunded=Decimal(0),
            coupon="" if quote.coupon is None else quote.coupon.code,
            delivery=quote.option.id,
            collects=quote.option.collects,
            gateway=new.wish.gateway,
            address=self._vault.seal_said(ADDRESS, order_id, new.address),
            pin=self._vault.seal_said(PIN, order_id, pin_text(new.pin)),
            note=self._vault.seal_said(NOTE, order_id, new.note),
            weight_grams=quote.shown.weight_grams,
            language=new.language,
            placed_at=self._now,
            updated_at=self._now,
            pay_until=waits if charge is Charge.UNPAID else None,
            version=1,
        )

    def _items(self, order: Order, quote: Quote) -> list[OrderItem]:
        return [
            OrderItem(
                id=new_id(),
                merchant_id=self._merchant.id,
                order_id=order.id,
                product_id=one.line.product.id,
                variant_id=one.line.id,
                sku=one.line.variant.sku,
                name=one.line.name(order.language)[:_LONGEST_NAME],
                quantity=one.line.quantity,
                unit_price=one.line.variant.price,
                discount=one.sums.discount,
                tax=one.sums.tax,
                total=one.sums.total,
                fulfilled=0,
                called_off=0,
                returned=0,
            )
            for one in quote.lines
        ]


def _charge(new: NewOrder, total: Decimal) -> Charge:
    if not total:
        return Charge.PAID
    return Charge.UNPAID if new.prepaid else Charge.COD

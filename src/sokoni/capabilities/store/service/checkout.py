"""What a cart would cost, had in a certain way: everything that the contact says yes to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.service.carted import CartLine, CartShown, Finding, findings_of
from sokoni.capabilities.store.service.carts import Carts
from sokoni.capabilities.store.service.coupons import (
    CouponRefusedError,
    Coupons,
    Refusal,
    reduction_of,
)
from sokoni.capabilities.store.service.shipping import Destination, Offer, offers
from sokoni.capabilities.store.service.sums import LineSum, Priced, Sums, sums_of
from sokoni.capabilities.store.settings import NAME, DeliveryOption, StoreSettings
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId
from sokoni.merchants.profile import MerchantProfile


class CartEmptyError(AppError):
    """There is nothing in the cart."""

    code = "cart_empty"


class NotDeliveredError(AppError):
    """Goods of such a weight do not come there in that way."""

    code = "not_delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How the contact wants to have things."""

    delivery: str = ""
    """The id of a delivery option; "": the first that goes there."""
    to: Destination | None = None
    """Where to; None: not known yet."""
    gateway: str = ""
    """How it is paid."""


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """A line of the cart, and what it comes to."""

    line: CartLine
    sums: LineSum


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A cart with every amount, as it is now."""

    shown: CartShown
    sums: Sums
    option: DeliveryOption
    coupon: Coupon | None
    coupon_refused: Refusal | None
    """Why the cart's coupon does not count; then nothing is taken off."""
    findings: Sequence[Finding]
    """What of the cart is no longer as the contact was told."""

    @property
    def lines(self) -> tuple[QuoteLine, ...]:
        pairs = zip(self.shown.lines, self.sums.lines, strict=True)
        return tuple(QuoteLine(line, sums) for line, sums in pairs)


class Checkout:
    """Quotes for one merchant's contacts."""

    def __init__(self, session: AsyncSession, merchant: MerchantProfile, now: datetime) -> None:
        self._settings = merchant.settings(NAME, StoreSettings)
        self._carts = Carts(session, merchant.id, now, merchant.currency)
        self._coupons = Coupons(session, merchant.id, now)

    async def options(self, contact_id: ContactId, to: Destination | None) -> Sequence[Offer]:
        """Return the ways in which the cart's goods come there, and what each costs."""
        return self.offers(await self._carts.show(contact_id), to)

    async def quote(self, contact_id: ContactId, wish: Wish) -> Quote:
        """Add up the contact's cart; `CartEmptyError`, `NotDeliveredError`."""
        return await self.quote_of(await self._carts.show(contact_id), contact_id, wish)

    async def quote_of(self, shown: CartShown, contact_id: ContactId, wish: Wish) -> Quote:
        """Add up goods for a contact, in their cart or not; the same errors."""
        if not shown.lines:
            raise CartEmptyError
        offer = self._chosen(shown, wish)
        coupon, refused = await self._coupon(shown, contact_id)
        sums = sums_of(
            shown.currency,
            [Priced(line.variant.price, line.quantity) for line in shown.lines],
            reduction=reduction_of(coupon),
            shipping=offer.price.amount,
            tax=self._settings.tax,
        )
        return Quote(
            shown=shown,
            sums=sums,
            option=offer.option,
            coupon=coupon,
            coupon_refused=refused,
            findings=findings_of(shown.lines),
        )

    async def use_coupon(self, contact_id: ContactId, code: str) -> Coupon:
        """Have the cart priced with a coupon, or raise `CouponRefusedError`."""
        items = (await self._carts.show(contact_id)).items_total.amount
        coupon = await self._coupons.check(code, contact_id, items)
        await self._carts.set_coupon(contact_id, coupon.code)
        return coupon

    async def drop_coupon(self, contact_id: ContactId) -> None:
        await self._carts.set_coupon(contact_id, "")

    def offers(self, shown: CartShown, to: Destination | None) -> Sequence[Offer]:
        """Return the ways in which such goods come there."""
        weight, items = shown.weight_grams, shown.items_total
        return offers(self._settings.delivery, to, weight_grams=weight, items=items)

    def _chosen(self, shown: CartShown, wish: Wish) -> Offer:
        found = self.offers(shown, wish.to)
        which = [one for one in found if wish.delivery in {"", one.option.id}]
        if not which:
            raise NotDeliveredError(wish.delivery)
        return which[0]

    async def _coupon(
        self, shown: CartShown, contact_id: ContactId
    ) -> tuple[Coupon | None, Refusal | None]:
        if not shown.coupon:
            return None, None
        items: Decimal = shown.items_total.amount
        try:
            return await self._coupons.check(shown.coupon, contact_id, items), None
        except CouponRefusedError as refused:
            return None, refused.reason

"""Coupons: a code that brings the price down, used and taken off again."""

from typing import Annotated, ClassVar

from sokoni.capabilities.store.flows.kinds import AtOnceFlow
from sokoni.capabilities.store.reading import CodeReader
from sokoni.capabilities.store.service.checkout import (
    CartEmptyError,
    NotDeliveredError,
    Quote,
    Wish,
)
from sokoni.capabilities.store.service.coupons import CouponRefusedError, Refusal
from sokoni.capabilities.store.wording import BROWSE, after_change, saying
from sokoni.dialogue.flow import AnswerRefused, Outcome
from sokoni.dialogue.form import Form
from sokoni.messaging.prompts import Amount, Param, Prompt, Worded


class CouponForm(Form):
    """Use a coupon's code."""

    code: Annotated[str, CodeReader()]


class CouponFlow(AtOnceFlow):
    """Notes the coupon on the cart, and says what it takes off."""

    name: ClassVar[str] = "store.coupon"
    form: ClassVar[type[CouponForm]] = CouponForm

    async def complete(self, form: CouponForm) -> Outcome:
        desk = self._desk
        before = (await desk.carts.show(desk.me)).coupon
        try:
            coupon = await desk.checkout.use_coupon(desk.me, form.code)
        except CouponRefusedError as refused:
            return self._refused(form.code, refused)
        parts: list[Param] = [Worded("store.coupon.done", {"code": coupon.code})]
        if before and before != coupon.code:
            parts.append(Worded("store.coupon.instead", {"code": before}))
        quote = await self._quote()
        if quote is None:
            return Outcome(saying(*parts, choices=(BROWSE,)))
        if quote.sums.discount:
            amount = Amount.of(quote.sums.money(quote.sums.discount))
            parts.append(Worded("store.coupon.off", {"amount": amount}))
        return Outcome(saying(*parts, choices=after_change(desk)))

    async def _quote(self) -> Quote | None:
        try:
            return await self._desk.checkout.quote(self._desk.me, Wish())
        except (CartEmptyError, NotDeliveredError):
            return None

    def _refused(self, code: str, refused: CouponRefusedError) -> Outcome:
        told: dict[str, Param] = {"code": code}
        if refused.reason is Refusal.UNKNOWN:
            raise AnswerRefused("code", Prompt("store.coupon.unknown", told))
        if refused.reason is Refusal.TOO_LITTLE and refused.coupon is not None:
            currency = self._desk.context.merchant.currency
            told["least"] = Amount(refused.coupon.least, currency)
        said = Worded(f"store.coupon.{refused.reason}", told)
        return Outcome(saying(said, choices=after_change(self._desk)))


class DropCouponForm(Form):
    """Use no coupon."""


class DropCouponFlow(AtOnceFlow):
    """Takes the coupon off the cart."""

    name: ClassVar[str] = "store.drop_coupon"
    form: ClassVar[type[DropCouponForm]] = DropCouponForm

    async def complete(self, form: DropCouponForm) -> Outcome:  # noqa: ARG002
        desk = self._desk
        there = (await desk.carts.show(desk.me)).coupon
        if there:
            await desk.checkout.drop_coupon(desk.me)
        key = "store.coupon.dropped" if there else "store.coupon.not_there"
        return Outcome(saying(Worded(key), choices=after_change(desk)))

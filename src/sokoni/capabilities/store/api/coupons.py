"""Coupons: made, read, changed, deleted."""

from http import HTTPStatus
from typing import Any

from fastapi import APIRouter

from sokoni.capabilities.store.amounts import money
from sokoni.capabilities.store.api.cart_shown import CouponShown, coupon_shown
from sokoni.capabilities.store.api.orders_said import CouponChange, CouponNamed, CouponSaid
from sokoni.capabilities.store.models.carts import Coupon, CouponId
from sokoni.capabilities.store.service.coupons import Coupons
from sokoni.web.behalf import Change, Changing
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Reader

router = APIRouter(prefix="/coupons")


@router.get("")
async def coupons(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[CouponShown]:
    """Return coupons in the order in which they were made."""
    after = None if wanted.after is None else CouponId(wanted.after)
    book = Coupons(session, principal.merchant_id, parts.clock())
    found = await book.page(after=after, limit=wanted.one_more)
    currency = principal.merchant.currency
    return page_of(found, wanted, lambda one: coupon_shown(one, currency), lambda one: one.id)


@router.get("/{code}")
async def one_coupon(
    code: CouponNamed, principal: Reader, parts: Parts, session: Reading
) -> CouponShown:
    """Return one coupon by its code."""
    book = Coupons(session, principal.merchant_id, parts.clock())
    return coupon_shown(await book.get(code), principal.merchant.currency)


@router.post("", status_code=HTTPStatus.CREATED)
async def make(said: CouponSaid, change: Changing, once: OnlyOnce) -> CouponShown:
    """Make a coupon. 409 `coupon_known`: there is one with this code."""

    async def act() -> CouponShown:
        values = {name: one for name, one in _in_coins(said, change).items() if name != "code"}
        return _shown(change, await _book(change).make(said.code, values))

    return await once.do(change, CouponShown, act)


@router.patch("/{code}")
async def revise(code: CouponNamed, said: CouponChange, change: Changing) -> CouponShown:
    """Change when, how often, by whom and for what sums a coupon counts."""
    return _shown(change, await _book(change).revise(code, _in_coins(said, change)))


@router.delete("/{code}", status_code=HTTPStatus.NO_CONTENT)
async def drop(code: CouponNamed, change: Changing) -> None:
    """Delete a coupon; orders that used it keep their prices."""
    await _book(change).drop(code)


def _in_coins(said: CouponChange, change: Change) -> dict[str, Any]:
    """Return what is said, or raise `PriceTooPreciseError`."""
    values: dict[str, Any] = {**said.values()}
    for name in ("amount", "least"):
        if values.get(name) is not None:
            money(values[name], change.principal.merchant.currency, name)
    return values


def _shown(change: Change, coupon: Coupon) -> CouponShown:
    return coupon_shown(coupon, change.principal.merchant.currency)


def _book(change: Change) -> Coupons:
    return Coupons(change.session, change.principal.merchant_id, change.now)

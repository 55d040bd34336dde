"""Coupons: codes that bring a cart's price down, so often and so long as the merchant says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final, cast

from sqlalchemy import Select, Table, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.carts import Coupon, CouponId, CouponUse
from sokoni.capabilities.store.models.orders import OrderId
from sokoni.capabilities.store.service.sums import Reduction
from sokoni.db.session import insert_once, rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id

_COUPONS: Final = cast("Table", Coupon.__table__)
_USES: Final = cast("Table", CouponUse.__table__)


class Refusal(StrEnum):
    """Why a coupon does not count."""

    UNKNOWN = "unknown"
    NOT_YET = "not_yet"
    ENDED = "ended"
    USED_UP = "used_up"
    USED_BY_YOU = "used_by_you"
    TOO_LITTLE = "too_little"
    """The goods cost less than it wants."""


class CouponRefusedError(AppError):
    """A coupon does not count here and now."""

    code = "coupon_refused"

    def __init__(self, reason: Refusal, coupon: Coupon | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.coupon = coupon


class CouponUnknownError(AppError):
    """The merchant has no such coupon."""

    code = "coupon_unknown"
    http_status = 404


class CouponKnownError(AppError):
    """There is a coupon with this code: change it."""

    code = "coupon_known"


class Coupons:
    """One merchant's coupons."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    def coupons(self) -> Select[Coupon]:
        """Scope of every query for coupons; what was read before is read anew."""
        statement = select(Coupon).where(Coupon.merchant_id == self._merchant_id)
        return statement.execution_options(populate_existing=True)

    async def find(self, code: str) -> Coupon | None:
        return await self._session.scalar(self.coupons().where(Coupon.code == plain(code)))

    async def get(self, code: str) -> Coupon:
        """Return a coupon by its code, or raise `CouponUnknownError`."""
        found = await self.find(code)
        if found is None:
            raise CouponUnknownError(plain(code))
        return found

    async def make(self, code: str, values: Mapping[str, object]) -> Coupon:
        """Make a coupon, or raise `CouponKnownError`."""
        coupon_id = CouponId(new_id())
        row = {"id": coupon_id, "merchant_id": self._merchant_id, "code": plain(code), **values}
        await insert_once(self._session, _COUPONS, [row])
        made = await self.get(code)
        if made.id != coupon_id:
            raise CouponKnownError(made.code)
        return made

    async def revise(self, code: str, values: Mapping[str, object]) -> Coupon:
        """Change a coupon, or raise `CouponUnknownError`."""
        coupon = await self.get(code)
        if values:
            revising = update(Coupon).where(
                Coupon.merchant_id == self._merchant_id, Coupon.id == coupon.id
            )
            await rows_changed(self._session, revising.values(**values))
        return await self.get(code)

    async def drop(self, code: str) -> None:
        """Delete a coupon; orders that used it keep their prices."""
        coupon = await self.get(code)
        used = delete(CouponUse).where(
            CouponUse.merchant_id == self._merchant_id, CouponUse.coupon_id == coupon.id
        )
        await rows_changed(self._session, used)
        mine = (Coupon.merchant_id == self._merchant_id, Coupon.id == coupon.id)
        await rows_changed(self._session, delete(Coupon).where(*mine))

    async def page(self, *, after: CouponId | None, limit: int) -> Sequence[Coupon]:
        """Return coupons in the order in which they were made."""
        statement = self.coupons().order_by(Coupon.id).limit(limit)
        if after is not None:
            statement = statement.where(Coupon.id > after)
        return (await self._session.scalars(statement)).all()

    async def check(self, code: str, contact_id: ContactId, items: Decimal) -> Coupon:
        """Return the coupon that the contact may use for goods of so much.

        `CouponRefusedError` says why they may not.
        """
        coupon = await self.find(code)
        if coupon is None:
            raise CouponRefusedError(Refusal.UNKNOWN)
        reason = self._refusal(coupon, items)
        if reason is None and coupon.once_each and await self._used_by(coupon, contact_id):
            reason = Refusal.USED_BY_YOU
        if reason is not None:
            raise CouponRefusedError(reason, coupon)
        return coupon

    def _refusal(self, coupon: Coupon, items: Decimal) -> Refusal | None:
        if coupon.starts_at is not None and self._now < coupon.starts_at:
            return Refusal.NOT_YET
        if coupon.ends_at is not None and coupon.ends_at <= self._now:
            return Refusal.ENDED
        if coupon.uses_max is not None and coupon.uses_max <= coupon.uses:
            return Refusal.USED_UP
        return Refusal.TOO_LITTLE if items < coupon.least else None

    async def _used_by(self, coupon: Coupon, contact_id: ContactId) -> int:
        """Return for how many orders the contact used it that still count."""
        counting = select(func.count()).where(
            CouponUse.coupon_id == coupon.id, CouponUse.contact_id == contact_id
        )
        return await self._session.scalar(counting) or 0

    async def use(self, coupon: Coupon, contact_id: ContactId, order_id: OrderId) -> None:
        """Note that an order has it, or raise `CouponRefusedError`: then undo what was written.

        The guarded UPDATE comes first: whoever comes second waits for it, and then sees the use.
        """
        left = or_(Coupon.uses_max.is_(None), Coupon.uses < Coupon.uses_max)
        using = update(Coupon).where(
            Coupon.merchant_id == self._merchant_id, Coupon.id == coupon.id, left
        )
        if not await rows_changed(self._session, using.values(uses=Coupon.uses + 1)):
            raise CouponRefusedError(Refusal.USED_UP, coupon)
        if coupon.once_each and await self._used_by(coupon, contact_id):
            raise CouponRefusedError(Refusal.USED_BY_YOU, coupon)
        row: dict[str, Any] = {
            "coupon_id": coupon.id,
            "order_id": order_id,
            "merchant_id": self._merchant_id,
            "contact_id": contact_id,
        }
        await self._session.execute(_USES.insert().values(**row))

    async def give_back(self, order_id: OrderId) -> None:
        """Forget that an order used one: it was cancelled."""
        mine = (CouponUse.merchant_id == self._merchant_id, CouponUse.order_id == order_id)
        used = (await self._session.scalars(select(CouponUse.coupon_id).where(*mine))).all()
        dropped = await rows_changed(self._session, delete(CouponUse).where(*mine))
        if dropped:
            fewer = update(Coupon).where(
                Coupon.merchant_id == self._merchant_id, Coupon.id.in_(used), Coupon.uses > 0
            )
            await rows_changed(self._session, fewer.values(uses=Coupon.uses - 1))


def plain(code: str) -> str:
    """Return a code as it is kept: contacts write it as they like."""
    return "".join(code.split()).upper()[:40]


def reduction_of(coupon: Coupon | None) -> Reduction:
    return Reduction() if coupon is None else Reduction(coupon.percent, coupon.amount)

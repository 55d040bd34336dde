"""Loads the demo shop: its shelves, what stands on them, and its coupons."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

from pydantic import BaseModel

from sokoni.capabilities.store.models.carts import Coupon, CouponId
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.capabilities.store.service.categories import Categories
from sokoni.capabilities.store.service.products import Products
from sokoni.capabilities.store.service.told import ProductTold, VariantTold
from sokoni.demo.loading import DemoDataError, Loading
from sokoni.kit.ids import new_id
from sokoni.kit.money import Money

_AGE: Final = timedelta(days=30)
"""What is loaded stands there for a while already."""


class DemoCategory(BaseModel, frozen=True, extra="forbid"):
    """A category; its id is its path."""

    id: str
    names: Mapping[str, str]


class DemoVariant(BaseModel, frozen=True, extra="forbid"):
    """A variant of a product."""

    sku: str
    options: Mapping[str, str] = {}
    price: Decimal
    compare_at: Decimal | None = None
    stock: int | None = None
    weight_grams: int = 0

    def told(self, currency: str) -> VariantTold:
        return VariantTold(
            sku=self.sku,
            options=self.options,
            price=Money(self.price, currency),
            compare_at=Money(self.compare_at, currency) if self.compare_at else None,
            on_hand=self.stock,
            weight_grams=self.weight_grams,
        )


class DemoProduct(BaseModel, frozen=True, extra="forbid"):
    """A product; without variants it is one itself."""

    sku: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str] = {}
    brand: str = ""
    categories: tuple[str, ...] = ()
    attributes: Mapping[str, str] = {}
    tags: tuple[str, ...] = ()
    options: Mapping[str, tuple[str, ...]] = {}
    variants: tuple[DemoVariant, ...] = ()
    price: Decimal | None = None
    compare_at: Decimal | None = None
    stock: int | None = None
    weight_grams: int = 0
    sold: int = 0
    status: Status = Status.ACTIVE

    def told(self, currency: str) -> ProductTold:
        return ProductTold(
            sku=self.sku,
            names=self.names,
            descriptions=self.descriptions,
            brand=self.brand,
            categories=self.categories,
            attributes=self.attributes,
            tags=self.tags,
            options=self.options,
            status=self.status,
            sold=self.sold,
            variants=[one.told(currency) for one in self.variants or (self._itself(),)],
        )

    def _itself(self) -> DemoVariant:
        if self.price is None:
            raise DemoDataError(f"{self.sku} has no price")
        return DemoVariant(
            sku=self.sku,
            price=self.price,
            compare_at=self.compare_at,
            stock=self.stock,
            weight_grams=self.weight_grams,
        )


class DemoCoupon(BaseModel, frozen=True, extra="forbid"):
    """A code that takes a share or an amount off."""

    code: str
    percent: Decimal | None = None
    amount: Decimal | None = None
    least: Decimal = Decimal(0)
    ends: date | None = None
    uses: int | None = None
    once_each: bool = False


class DemoData(BaseModel, frozen=True, extra="forbid"):
    """The store's part of a demo file."""

    categories: tuple[DemoCategory, ...] = ()
    products: tuple[DemoProduct, ...] = ()
    coupons: tuple[DemoCoupon, ...] = ()


async def load_demo(loading: Loading, data: Mapping[str, Any]) -> None:
    """Load categories, products and coupons."""
    said, merchant = DemoData.model_validate(data), loading.merchant
    since = loading.clock() - _AGE
    categories = Categories(loading.session, merchant.id, since)
    await categories.ensure({one.id: one.names for one in said.categories})
    told = [one.told(merchant.currency) for one in said.products]
    saved = await Products(loading.session, merchant.id, since).save(told)
    for product, its in zip(told, saved, strict=True):
        if its.refusals:
            first = its.refusals[0]
            raise DemoDataError(f"{product.sku}: {first.trouble} {first.about}".strip())
    loading.session.add_all(_coupon(loading, one) for one in said.coupons)


def _coupon(loading: Loading, said: DemoCoupon) -> Coupon:
    ends = datetime.combine(said.ends, time.max, loading.merchant.zone) if said.ends else None
    return Coupon(
        id=CouponId(new_id()),
        merchant_id=loading.merchant.id,
        code=said.code.upper(),
        percent=said.percent,
        amount=said.amount,
        least=said.least,
        starts_at=None,
        ends_at=ends.astimezone(UTC) if ends else None,
        uses_max=said.uses,
        uses=0,
        once_each=said.once_each,
    )

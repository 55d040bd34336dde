"""What of a catalogue keeps contacts from finding or buying: for `sokoni doctor`."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Product, ProductCategory, Variant
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.kit.ids import MerchantId

_SOME: Final = 3


async def oddities(session: AsyncSession, merchant_id: MerchantId) -> Sequence[str]:
    """Return what is odd of products on sale, with the numbers of some of them."""
    its = and_(Variant.product_id == Product.id, Variant.withdrawn.is_(False))
    left = or_(Variant.on_hand.is_(None), Variant.on_hand > Variant.reserved)
    kinds: dict[str, ColumnElement[bool]] = {
        "on sale without a variant": ~exists().where(its),
        "on sale for nothing": exists().where(its, Variant.price == Decimal(0)),
        "sold out": and_(exists().where(its), ~exists().where(its, left)),
        "in no category": ~exists().where(ProductCategory.product_id == Product.id),
    }
    said = [await _said(session, merchant_id, what, odd) for what, odd in kinds.items()]
    return [one for one in said if one]


async def _said(
    session: AsyncSession, merchant_id: MerchantId, what: str, odd: ColumnElement[bool]
) -> str:
    found = _on_sale(merchant_id).where(odd)
    count = await session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if not count:
        return ""
    some = (await session.scalars(found.order_by(Product.id).limit(_SOME))).all()
    more = ", …" if count > _SOME else ""
    number = "1 product is" if count == 1 else f"{count} products are"
    return f"{number} {what} ({', '.join(some)}{more})"


def _on_sale(merchant_id: MerchantId) -> Select[str]:
    """Scope of every query for numbers of products on sale."""
    return select(Product.sku).where(
        Product.merchant_id == merchant_id, Product.status == Status.ACTIVE
    )

"""Products as entries of a channel's own catalogue: one for each variant, by its SKU."""

from collections.abc import AsyncIterator
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import ProductId
from sokoni.capabilities.store.service.cards import ProductCard, VariantCard
from sokoni.capabilities.store.service.catalogue import Catalogue
from sokoni.capabilities.store.service.showcase import FileUrl, Showcase
from sokoni.channels.catalogues import Entry
from sokoni.merchants.profile import MerchantProfile

_AT_ONCE = 200


async def entries(
    session: AsyncSession, merchant: MerchantProfile, now: datetime, file_url: FileUrl
) -> AsyncIterator[Entry]:
    """Yield everything on sale, in the merchant's first language; what is sold out says so."""
    catalogue = Catalogue(session, merchant.id, now)
    showcase = Showcase(session, merchant.id, merchant.languages, now, file_url)
    after: ProductId | None = None
    while products := await catalogue.page(after=after, limit=_AT_ONCE):
        ids = [one.id for one in products]
        for card in await showcase.products(ids):
            for variant in card.variants:
                yield _entry(card, variant)
        after = ids[-1]


def _entry(card: ProductCard, variant: VariantCard) -> Entry:
    return Entry(
        number=variant.sku,
        group=card.sku if len(card.variants) > 1 else "",
        name=variant.name,
        description=card.description or card.name,
        brand=card.brand,
        price=variant.price,
        in_stock=not variant.is_out,
        image_url=variant.picture or card.picture,
        options=variant.options,
    )

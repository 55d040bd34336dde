"""What a shop has names for, by which filters are read out of a shopper's words."""

from functools import lru_cache
from typing import Final, TypeAlias

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.models.catalogue import Category, Product
from sokoni.capabilities.store.service.catalogue import Status
from sokoni.kit.cache import Cache
from sokoni.kit.ids import MerchantId
from sokoni.search.vocabulary import Vocabulary

_KEPT_SECONDS: Final = 300
"""A new brand may go unnoticed for so long: until then its name is a word like any other."""
_MOST: Final = 2000
Synonyms: TypeAlias = tuple[tuple[str, ...], ...]


class Names(msgspec.Struct, frozen=True):
    """All of them, as they are kept for a while."""

    categories: dict[str, list[str]]
    brands: list[str]
    facets: dict[str, list[str]]


async def vocabulary_of(
    session: AsyncSession, cache: Cache, merchant_id: MerchantId, synonyms: Synonyms = ()
) -> Vocabulary:
    """Return the merchant's names, read from the shelves every few minutes."""
    key = f"store.names:{merchant_id.hex}"
    kept = await cache.get(key)
    if kept is None:
        kept = msgspec.json.encode(await _read(session, merchant_id))
        await cache.put(key, kept, _KEPT_SECONDS)
    return _built(kept, synonyms)


@lru_cache(maxsize=64)
def _built(kept: bytes, synonyms: Synonyms) -> Vocabulary:
    names = msgspec.json.decode(kept, type=Names)
    return Vocabulary(
        categories=names.categories, brands=names.brands, facets=names.facets, synonyms=synonyms
    )


async def _read(session: AsyncSession, merchant_id: MerchantId) -> Names:
    mine = Product.merchant_id == merchant_id
    shelves = select(Category.id, Category.names).where(Category.merchant_id == merchant_id)
    sold = (mine, Product.status == Status.ACTIVE)
    brands = select(Product.brand).where(*sold, Product.brand != "").distinct().limit(_MOST)
    options = select(Product.options).where(*sold).limit(_MOST)
    facets: dict[str, dict[str, None]] = {}
    for differ in (await session.scalars(options)).all():
        for option, values in differ.items():
            facets.setdefault(option, {}).update(dict.fromkeys(values))
    return Names(
        categories={
            id_.hex: sorted(set(names.values())) for id_, names in await session.execute(shelves)
        },
        brands=sorted((await session.scalars(brands)).all()),
        facets={option: list(values) for option, values in sorted(facets.items())},
    )

"""Stock, for programs: how many pieces there are, counted or adjusted."""

from typing import Annotated

from fastapi import APIRouter, Query

from sokoni.capabilities.store.api.product_said import CountSaid, ProductNamed
from sokoni.capabilities.store.api.product_shown import StockShown
from sokoni.capabilities.store.models.catalogue import Variant, VariantId
from sokoni.capabilities.store.service.catalogue import Catalogue, VariantUnknownError
from sokoni.capabilities.store.service.stock import Stock
from sokoni.web.behalf import Changing
from sokoni.web.contacts import id_in
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Reader
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/stock")
Few = Annotated[
    int | None,
    Query(ge=0, le=1_000_000, description="Only what is counted, with so many left or fewer"),
]


class CountUnclearError(MistakenError):
    """Either a number of pieces, or how many more or fewer: one of the two."""

    code = "count_unclear"
    http_status = 422


@router.get("")
async def stock(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted, at_most: Few = None
) -> Page[StockShown]:
    """Return how many pieces there are of each variant that is sold."""
    catalogue = Catalogue(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else VariantId(wanted.after)
    found = await catalogue.stock_page(after=after, limit=wanted.one_more, at_most=at_most)
    return page_of(found, wanted, StockShown.of, lambda one: one.id)


@router.get("/{variant}")
async def one(
    variant: ProductNamed, principal: Reader, parts: Parts, session: Reading
) -> StockShown:
    """Return how many pieces there are of a variant."""
    catalogue = Catalogue(session, principal.merchant_id, parts.clock())
    return StockShown.of(await _named(catalogue, variant))


@router.put("/{variant}")
async def count(
    variant: ProductNamed, said: CountSaid, change: Changing, once: OnlyOnce
) -> StockShown:
    """Note how many pieces there are, or how many came or went."""

    async def act() -> StockShown:
        scope = (change.session, change.principal.merchant_id, change.now)
        catalogue, service = Catalogue(*scope), Stock(*scope)
        found = await _named(catalogue, variant)
        if ("on_hand" in said.model_fields_set) == (said.by is not None):
            raise CountUnclearError([Mistake(where="on_hand", problem="either_this_or_by")])
        if said.by is None:
            await service.count(found.id, said.on_hand)
        else:
            await service.adjust(found.id, said.by)
        return StockShown.of(await catalogue.variant(found.id))

    return await once.do(change, StockShown, act)


async def _named(catalogue: Catalogue, said: str) -> Variant:
    """Return the variant of this SKU or id, or raise `VariantUnknownError`."""
    found = (await catalogue.variants_by_skus([said])).get(said)
    if found is not None:
        return found
    if (known := id_in(said)) is None:
        raise VariantUnknownError(said)
    return await catalogue.variant(VariantId(known))

"""Search, for programs: as buyers do."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sokoni.capabilities.marketplace.api.shown import ListingShown
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.search import Search, Wish
from sokoni.kit.text import one_line
from sokoni.web.parts import Parts, Reading
from sokoni.web.places import place_named
from sokoni.web.principal import Reader

router = APIRouter()


class Searched(BaseModel, frozen=True):
    """What is searched for."""

    q: str = Field(min_length=1, max_length=80, description="The thing, in any words")
    place: str = Field("", max_length=80, description="Nearest to this place first")
    max_price: Decimal | None = Field(
        None, gt=0, le=1_000_000_000, decimal_places=3, description="For one"
    )
    limit: int = Field(18, ge=1, le=90)
    offset: int = Field(0, ge=0, le=1000, description="So many are passed over")


@router.get("/search")
async def search(
    principal: Reader, parts: Parts, session: Reading, searched: Annotated[Searched, Query()]
) -> Sequence[ListingShown]:
    """Search what is on offer, as buyers do: nearest first, then newest."""
    tokens = meaning_of(one_line(searched.q)).required
    if not tokens:
        return []
    here = place_named(principal, parts, searched.place) if searched.place else None
    wish = Wish(
        tokens=tokens,
        buyer_id=None,
        place=here,
        max_each=searched.max_price,
        currency=principal.merchant.currency,
    )
    service = Search(session, principal.merchant_id, parts.clock(), parts.cache)
    offers = await service.offers(wish, limit=searched.limit, offset=searched.offset)
    return [ListingShown.of(parts, one, here) for one in offers]

"""What shoppers looked for in vain, for programs: what the shop may want to sell."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.search.misses import Misses
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Reader

router = APIRouter(prefix="/searches")


class MissedWanted(BaseModel, frozen=True):
    """From when on, and which part of the list."""

    days: int = Field(30, ge=1, le=366, description="The last so many days")
    language: str = Field("", max_length=8, pattern=r"^[a-z]{0,3}$", description="Only in this")
    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0, le=10_000)


class MissedShown(BaseModel, frozen=True):
    """Words that found nothing: no names, and no numbers that may be somebody's."""

    words: str
    language: str
    """The one that was spoken; empty: nobody knows."""
    count: int
    last_at: datetime


@router.get("/missed")
async def missed(
    principal: Reader, parts: Parts, session: Reading, wanted: Annotated[MissedWanted, Query()]
) -> Sequence[MissedShown]:
    """Return what was looked for and not found, what was wanted most first."""
    today = parts.clock().astimezone(principal.merchant.zone).date()
    found = await Misses(session, principal.merchant_id).listed(
        SHELF,
        since=today - timedelta(days=wanted.days),
        limit=wanted.limit,
        offset=wanted.offset,
        language=wanted.language,
    )
    return [MissedShown.model_validate(one, from_attributes=True) for one in found]

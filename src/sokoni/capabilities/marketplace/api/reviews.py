"""What speaks for sellers, and what was said of people, for programs: as everybody may read it."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.api.shown import ProfileShown, ReviewShown
from sokoni.capabilities.marketplace.models import SellerId
from sokoni.capabilities.marketplace.service.introductions import Introductions
from sokoni.capabilities.marketplace.service.sellers import Sellers
from sokoni.contacts.directory import ContactDirectory
from sokoni.kit.ids import ContactId
from sokoni.reviews.models import ReviewId
from sokoni.reviews.ratings import Opinion, Ratings
from sokoni.web.pagination import Page, PageWanted, Wanted, page_of
from sokoni.web.parts import Parts, Reading, WebParts
from sokoni.web.principal import Principal, Reader

router = APIRouter()


@router.get("/sellers/{seller_id}/profile")
async def profile(
    seller_id: UUID, principal: Reader, parts: Parts, session: Reading
) -> ProfileShown:
    """Return what speaks for a seller, in figures."""
    scope = (session, principal.merchant_id, parts.clock())
    found = await Sellers(*scope).get(SellerId(seller_id))
    ratings = Ratings(session, parts.vault, principal.merchant_id, parts.clock())
    pace = await Introductions(*scope).pace(found.contact_id)
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    standing = await ratings.standing(found.contact_id)
    return ProfileShown(
        id=found.id,
        name=await directory.name_of(found.contact_id),
        place=found.place_name,
        joined_at=found.joined_at,
        deals=standing.deals,
        raters=standing.raters,
        content=standing.content,
        reply_minutes=None if pace is None else int(pace.total_seconds() // 60),
    )


@router.get("/sellers/{seller_id}/reviews")
async def reviews_of(
    seller_id: UUID, principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ReviewShown]:
    """Return what was said of a seller, oldest first."""
    found = await Sellers(session, principal.merchant_id, parts.clock()).get(SellerId(seller_id))
    return await _page(principal, parts, session, wanted, found.contact_id)


@router.get("/reviews")
async def reviews(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[ReviewShown]:
    """Return what was said of everybody, oldest first; what staff hold or hid is not shown."""
    return await _page(principal, parts, session, wanted, None)


async def _page(
    principal: Principal,
    parts: WebParts,
    session: AsyncSession,
    wanted: Wanted,
    rated_id: ContactId | None,
) -> Page[ReviewShown]:
    ratings = Ratings(session, parts.vault, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else ReviewId(wanted.after)
    found = await ratings.page(rated_id=rated_id, after=after, limit=wanted.one_more)
    names = await _names(session, principal, parts, found)
    return page_of(
        found,
        wanted,
        lambda one: ReviewShown.of(one, names.get(one.rater_id, "")),
        lambda one: one.id,
    )


async def _names(
    session: AsyncSession, principal: Principal, parts: WebParts, found: Sequence[Opinion]
) -> dict[ContactId, str]:
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    return await directory.names_of(one.rater_id for one in found)

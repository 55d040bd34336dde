"""Sellers, for programs: read, and moved."""

from uuid import UUID

from fastapi import APIRouter

from sokoni.capabilities.marketplace.api.said import SellerChange
from sokoni.capabilities.marketplace.api.shown import SellerShown
from sokoni.capabilities.marketplace.models import SellerId
from sokoni.capabilities.marketplace.service.sellers import Sellers, SellerUnknownError
from sokoni.contacts.directory import ContactDirectory
from sokoni.web.behalf import Changing
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.places import place_named
from sokoni.web.principal import Reader

router = APIRouter(prefix="/sellers")


@router.get("")
async def sellers(
    principal: Reader, parts: Parts, session: Reading, wanted: PageWanted
) -> Page[SellerShown]:
    """Return who sells, in the order in which they joined."""
    service = Sellers(session, principal.merchant_id, parts.clock())
    after = None if wanted.after is None else SellerId(wanted.after)
    found = await service.page(after=after, limit=wanted.one_more)
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    names = await directory.names_of(one.contact_id for one in found)
    return page_of(
        found,
        wanted,
        lambda one: SellerShown.of(one, names.get(one.contact_id, "")),
        lambda one: one.id,
    )


@router.get("/{seller_id}")
async def seller(
    seller_id: UUID, principal: Reader, parts: Parts, session: Reading
) -> SellerShown:
    """Return one seller."""
    service = Sellers(session, principal.merchant_id, parts.clock())
    found = await service.get(SellerId(seller_id))
    directory = ContactDirectory(session, parts.vault, principal.merchant_id)
    return SellerShown.of(found, await directory.name_of(found.contact_id))


@router.patch("/{seller_id}")
async def move(seller_id: UUID, said: SellerChange, change: Changing) -> SellerShown:
    """Have a seller sell from another place from now on; what is listed stays where it is."""
    service = Sellers(change.session, change.principal.merchant_id, change.now)
    found = await service.get(SellerId(seller_id))
    stall = await service.find(found.contact_id)
    if stall is None:
        raise SellerUnknownError(str(seller_id))
    await service.move(stall, place_named(change.principal, change.parts, said.place))
    await change.session.refresh(found)
    directory = ContactDirectory(change.session, change.parts.vault, change.principal.merchant_id)
    return SellerShown.of(found, await directory.name_of(found.contact_id))

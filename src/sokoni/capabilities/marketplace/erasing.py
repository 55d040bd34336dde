"""What the marketplace keeps of a contact is taken down, whoever waits is told, and it goes."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.marketplace.flows.meeting import listing_gone
from sokoni.capabilities.marketplace.models import (
    Alert,
    BuyRequest,
    Introduction,
    IntroductionState,
    Listing,
    ListingId,
    ListingState,
    ListingToken,
    RequestOffer,
    RequestToken,
    Seller,
    SellerTrade,
)
from sokoni.capabilities.marketplace.service.introductions import question
from sokoni.capabilities.marketplace.service.listings import FOUND
from sokoni.capabilities.marketplace.settings import NAME
from sokoni.capabilities.marketplace.wording import seller_named
from sokoni.db.versions import touch
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.messaging.events import Tell, TellTo
from sokoni.messaging.models import Purpose
from sokoni.messaging.prompts import Worded


async def erase_contact(
    connection: AsyncConnection, merchant_id: MerchantId, contact_id: ContactId, now: datetime
) -> Sequence[TellTo]:
    """Delete the contact's listings, requests and introductions; return who is told of it."""
    del now
    listings = await _locked(connection, Listing, merchant_id, contact_id)
    requests = await _locked(connection, BuyRequest, merchant_id, contact_id)
    sellers = await _locked(connection, Seller, merchant_id, contact_id)
    told = await _waiting(connection, listings)
    met = or_(Introduction.buyer_id == contact_id, Introduction.seller_id == contact_id)
    of_them: Sequence[tuple[Any, ColumnElement[bool]]] = (
        (Introduction, or_(met, Introduction.listing_id.in_(listings))),
        (
            RequestOffer,
            or_(RequestOffer.request_id.in_(requests), RequestOffer.listing_id.in_(listings)),
        ),
        (Alert, or_(Alert.contact_id == contact_id, Alert.request_id.in_(requests))),
        (ListingToken, ListingToken.listing_id.in_(listings)),
        (RequestToken, RequestToken.request_id.in_(requests)),
        (Listing, Listing.id.in_(listings)),
        (BuyRequest, BuyRequest.id.in_(requests)),
        (SellerTrade, SellerTrade.seller_id.in_(sellers)),
        (Seller, Seller.id.in_(sellers)),
    )
    for model, theirs in of_them:
        await connection.execute(delete(model).where(theirs))
    if listings:
        await touch(connection, merchant_id, FOUND)
    return told


async def _locked(
    connection: AsyncConnection,
    model: type[Listing | BuyRequest | Seller],
    merchant_id: MerchantId,
    contact_id: ContactId,
) -> list[Any]:
    """Return the ids of the contact's rows, locked: nobody hangs anything on them any more."""
    theirs = select(model.id).where(
        model.merchant_id == merchant_id, model.contact_id == contact_id
    )
    return list(await connection.scalars(theirs.order_by(model.id).with_for_update()))


async def _waiting(connection: AsyncConnection, listings: Sequence[ListingId]) -> list[TellTo]:
    """Tell buyers who wait for an answer that the listing is gone."""
    asked = (
        select(Introduction.id, Introduction.created_at, Introduction.buyer_id, Listing.thing)
        .join(Listing, Listing.id == Introduction.listing_id)
        .where(Listing.id.in_(listings), Introduction.state == IntroductionState.ASKED)
        .order_by(Introduction.id)
    )
    return [
        TellTo(
            contact_id=row.buyer_id,
            tell=Tell(
                prompt=listing_gone(row.thing, seller_named("")),
                purpose=Purpose.NOTICE,
                capability=NAME,
            ),
            once=f"answer:{question(row.id, row.created_at)}",
        )
        for row in await connection.execute(asked)
    ]


async def leaves(
    session: AsyncSession, merchant_id: MerchantId, contact_id: ContactId
) -> Sequence[Worded]:
    """Say what becomes of listings when their seller is erased."""
    there = select(func.count()).where(
        Listing.merchant_id == merchant_id,
        Listing.contact_id == contact_id,
        Listing.state == ListingState.OPEN,
    )
    number = await session.scalar(there) or 0
    return [Worded("marketplace.forget.listings", {"number": number})] if number else []

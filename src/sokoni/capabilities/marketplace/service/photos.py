"""Photos of listings: which is shown with which, and which is still on its way."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Update, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import Listing, ListingId
from sokoni.capabilities.marketplace.service.offers import LISTINGS, Offer
from sokoni.kit.ids import ContactId, MerchantId, RequestId
from sokoni.media.errors import FileGoneError
from sokoni.media.models import MediaId
from sokoni.media.references import FileRef
from sokoni.media.shelf import Shelf

_L: Final = LISTINGS.c


class Photos:
    """One merchant's photos. A photo changes nothing that a buyer agreed to: versions stay."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now
        self._shelf = Shelf(session, merchant_id)

    async def find(self, media_id: MediaId | None) -> FileRef | None:
        """Return a photo that can still be had."""
        return None if media_id is None else await self._shelf.find(media_id, self._now)

    async def put_up(self, offer: Offer, photo: FileRef) -> None:
        """Show the photo with the listing from now on, or raise `FileGoneError`."""
        await self._shelf.keep(photo, self._now)
        await self._set(offer, photo.id)

    async def put_up_new(self, listing_id: ListingId, photo: FileRef) -> None:
        """Show the photo with a listing that was just made; one that is gone is left out."""
        try:
            await self._shelf.keep(photo, self._now)
        except FileGoneError:
            return
        await self._session.execute(self._of(listing_id).values(photo_id=photo.id))

    async def take_down(self, offer: Offer) -> None:
        """Show the listing without a photo."""
        await self._set(offer, None)

    async def expect(self, offer: Offer, request_id: RequestId) -> None:
        """Note that the listing gets what this request fetches."""
        await self._session.execute(self._of(offer.id).values(photo_awaited=request_id))

    async def comes(self, offer: Offer) -> bool:
        """Tell whether the listing's photo is on its way."""
        statement = select(_L.photo_awaited).where(
            _L.merchant_id == self._merchant_id, _L.id == offer.id
        )
        return await self._session.scalar(statement) is not None

    async def awaited(self, contact_id: ContactId, request_id: UUID) -> str:
        """Return the reference of the contact's listing that waited for this, "" without one.

        It waits no more.
        """
        statement = select(_L.id, _L.reference).where(
            _L.merchant_id == self._merchant_id,
            _L.contact_id == contact_id,
            _L.photo_awaited == request_id,
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return ""
        await self._session.execute(self._of(row.id).values(photo_awaited=None))
        return str(row.reference)

    async def _set(self, offer: Offer, photo_id: MediaId | None) -> None:
        if offer.photo_id is not None and offer.photo_id != photo_id:
            await self._shelf.release(offer.photo_id, self._now)
        values = {"photo_id": photo_id, "photo_awaited": None}
        await self._session.execute(self._of(offer.id).values(values))

    def _of(self, listing_id: ListingId) -> Update:
        return update(Listing).where(
            Listing.merchant_id == self._merchant_id, Listing.id == listing_id
        )

"""Endings of buy requests: their buyers are told once, and may go on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, cast

from sqlalchemy import ColumnElement, Table, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import BuyRequest, RequestState, RequestToken
from sokoni.capabilities.marketplace.nouns import meaning_of
from sokoni.capabilities.marketplace.service.request_offers import RequestOffers
from sokoni.db.session import insert_once, rows_changed
from sokoni.kit.ids import ContactId, MerchantId

_TOKENS: Final = cast("Table", RequestToken.__table__)
_TOGETHER: Final = timedelta(days=1)
"""What ends within so long of something else ends with it: one message, not several."""
_MOST: Final = 50


class Endings:
    """One merchant's buy requests, as to how they end."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def run_out(self, contact_id: ContactId) -> Sequence[BuyRequest]:
        """End the contact's requests whose time is over, or nearly, and return them."""
        over = await self._read(
            BuyRequest.contact_id == contact_id,
            BuyRequest.state == RequestState.OPEN,
            BuyRequest.expires_at <= self._now + _TOGETHER,
        )
        if not any(one.expires_at <= self._now for one in over):
            return ()  # Somebody renewed it meanwhile.
        for request in over:
            request.state, request.remind_at = RequestState.EXPIRED, None
        await self._session.flush()
        return over

    async def open_again(
        self, contact_id: ContactId, references: Sequence[str], *, days: int
    ) -> list[BuyRequest]:
        """Go on with the contact's requests, however they ended; return those that are known."""
        ended = await self._read(
            BuyRequest.contact_id == contact_id, BuyRequest.reference.in_(references)
        )
        for request in ended:
            await self._open(request, days)
        return list(ended)

    async def _open(self, request: BuyRequest, days: int) -> None:
        until = self._now + timedelta(days=days)
        same = update(BuyRequest).where(
            *self._scope(),
            BuyRequest.contact_id == request.contact_id,
            BuyRequest.meaning == request.meaning,
            BuyRequest.state == RequestState.OPEN,
        )
        if await rows_changed(self._session, same.values(expires_at=until, remind_at=until)):
            return  # They asked for the same again, in words: one wish, not two.
        if request.state == RequestState.FILLED:
            await RequestOffers(self._session, self._merchant_id, self._now).forget(request)
        request.state = RequestState.OPEN
        request.expires_at = request.remind_at = until
        await self._session.flush()
        rows: list[dict[str, Any]] = [
            {"merchant_id": self._merchant_id, "token": token, "request_id": request.id}
            for token in meaning_of(request.thing).required
        ]
        await insert_once(self._session, _TOKENS, rows)

    async def _read(self, *conditions: ColumnElement[bool]) -> Sequence[BuyRequest]:
        statement = (
            select(BuyRequest)
            .where(*self._scope(), *conditions)
            .order_by(BuyRequest.expires_at, BuyRequest.id)
            .limit(_MOST)
        )
        return (await self._session.scalars(statement)).all()

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        """Scope of every query here: this merchant's requests."""
        return (BuyRequest.merchant_id == self._merchant_id,)

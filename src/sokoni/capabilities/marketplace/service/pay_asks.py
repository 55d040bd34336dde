"""Money that sellers ask for through the market: one question at a time for each introduction."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.marketplace.models import (
    Basis,
    Introduction,
    IntroductionId,
    IntroductionState,
    Listing,
    ListingId,
    PayState,
)
from sokoni.db.session import rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId
from sokoni.kit.money import Money

OPEN: Final = frozenset({PayState.ASKED, PayState.AGREED, PayState.LAPSED})
"""The buyer may pay."""
_ASKABLE: Final = frozenset(PayState) - {PayState.ASKED, PayState.AGREED, PayState.PAID}


class PayAskedError(AppError):
    """It was asked for already, or paid, or there is nobody to ask."""

    code = "pay_asked"
    http_status = 409


class PayAsks:
    """One merchant's sellers who ask to be paid. The row of the introduction keeps it."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def ask(self, introduction: Introduction, seller_id: ContactId, money: Money) -> None:
        """Ask the buyer for money, or raise `PayAskedError`; one guarded UPDATE decides."""
        asking = update(Introduction).where(
            *self._scope(),
            Introduction.id == introduction.id,
            Introduction.seller_id == seller_id,
            Introduction.state == IntroductionState.ACCEPTED,
            Introduction.pay_state.in_(_ASKABLE),
        )
        asked = asking.values(
            pay_state=PayState.ASKED,
            pay_amount=money.amount,
            pay_currency=money.currency,
            pay_round=Introduction.pay_round + 1,
        )
        if not await rows_changed(self._session, asked):
            raise PayAskedError(introduction.id)
        await self._session.refresh(introduction)

    async def move(
        self, introduction: Introduction, to: PayState, *, of: Collection[PayState]
    ) -> bool:
        """Note how far it got; False where it is no longer as the contact was told."""
        moving = update(Introduction).where(
            *self._scope(),
            Introduction.id == introduction.id,
            Introduction.pay_round == introduction.pay_round,
            Introduction.pay_state.in_(of),
        )
        moved = await rows_changed(self._session, moving.values(pay_state=to))
        await self._session.refresh(introduction)
        return bool(moved)

    async def full_price(self, introduction_id: IntroductionId) -> Money | None:
        """Return what all that is listed costs, also where the listing is sold by now."""
        columns = (Listing.price, Listing.currency, Listing.basis, Listing.quantity)
        statement = (
            select(*columns)
            .join(Introduction, Introduction.listing_id == Listing.id)
            .where(*self._scope(), Introduction.id == introduction_id)
        )
        row = (await self._session.execute(statement)).one_or_none()
        if row is None:
            return None
        factor = Decimal(1) if row.basis == Basis.TOTAL else row.quantity
        return Money(row.price, row.currency).times(factor)

    async def open_for(self, listing_id: ListingId) -> Sequence[IntroductionId]:
        """Return the introductions over a listing whose buyers may still pay."""
        found = (
            select(Introduction.id)
            .where(
                *self._scope(),
                Introduction.listing_id == listing_id,
                Introduction.pay_state.in_(OPEN),
            )
            .order_by(Introduction.id)
        )
        return (await self._session.scalars(found)).all()

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        return (Introduction.merchant_id == self._merchant_id,)


def asked_of(introduction: Introduction) -> Money:
    """Return what the buyer was last asked for."""
    return Money(introduction.pay_amount or Decimal(0), introduction.pay_currency or "USD")

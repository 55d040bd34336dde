"""Deals: a thing changed hands only when both sides say so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, cast

from sqlalchemy import ColumnElement, Select, Table, and_, case, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.db.session import insert_once, rows_changed
from sokoni.errors import AppError
from sokoni.kit.ids import ContactId, MerchantId, new_id
from sokoni.reviews.models import Deal, DealId, DealState, Said

_DEALS: Final = cast("Table", Deal.__table__)
_AT_ONCE: Final = 200


class DealGoneError(AppError):
    """It was agreed on, its time is over, or it is between others."""

    code = "deal_gone"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDeal:
    """What two people are asked about."""

    capability: str
    subject: str
    thing: str
    provider_id: ContactId
    customer_id: ContactId


class Deals:
    """One merchant's deals."""

    def __init__(self, session: AsyncSession, merchant_id: MerchantId, now: datetime) -> None:
        self._session = session
        self._merchant_id = merchant_id
        self._now = now

    async def open(self, new: NewDeal, *, days: int) -> Deal:
        """Return the deal of the subject; one whose time was over is asked about anew."""
        until = self._now + timedelta(days=days)
        row = {
            "id": new_id(),
            "merchant_id": self._merchant_id,
            "capability": new.capability,
            "subject": new.subject,
            "thing": new.thing,
            "provider_id": new.provider_id,
            "customer_id": new.customer_id,
            "state": DealState.OPEN,
            "provider_said": Said.NOTHING,
            "customer_said": Said.NOTHING,
            "created_at": self._now,
            "expires_at": until,
        }
        await insert_once(self._session, _DEALS, [row])
        its = and_(Deal.capability == new.capability, Deal.subject == new.subject)
        again = {name: row[name] for name in ("state", "provider_said", "customer_said")}
        await rows_changed(
            self._session,
            update(Deal)
            .where(*self._scope(), its, self._over())
            .values(expires_at=until, **again),
        )
        return (await self._session.scalars(self._fresh().where(its))).one()

    async def made(self, new: NewDeal) -> Deal:
        """Return the deal of a subject on which both agreed before it was done."""
        deal = await self.open(new, days=0)
        agreeing = update(Deal).where(*self._scope(), Deal.id == deal.id)
        both = {"provider_said": Said.YES, "customer_said": Said.YES}
        agreed = agreeing.where(Deal.state != DealState.AGREED).values(
            state=DealState.AGREED, agreed_at=self._now, **both
        )
        await rows_changed(self._session, agreed)
        return (await self._session.scalars(self._fresh().where(Deal.id == deal.id))).one()

    async def of(self, capability: str, subject: str) -> Deal | None:
        """Return the deal that came of a subject, whatever its state."""
        its = and_(Deal.capability == capability, Deal.subject == subject)
        return await self._session.scalar(self._fresh().where(its))

    async def find(self, deal_id: DealId, contact_id: ContactId) -> Deal | None:
        """Return a deal of the contact's."""
        return await self._session.scalar(
            self._fresh().where(Deal.id == deal_id, _between(contact_id))
        )

    async def answer(self, deal_id: DealId, contact_id: ContactId, said: Said) -> Deal:
        """Take what one side says, until both have said yes; `DealGoneError` where it is over.

        One guarded UPDATE: however the two answers cross, one of them makes the deal.
        """
        for column, mine, other in (
            ("provider_said", Deal.provider_id, Deal.customer_said),
            ("customer_said", Deal.customer_id, Deal.provider_said),
        ):
            said_so: dict[str, object] = {column: said}
            if said is Said.YES:
                both = other == Said.YES
                said_so["state"] = case((both, DealState.AGREED), else_=Deal.state)
                said_so["agreed_at"] = case((both, self._now), else_=Deal.agreed_at)
            answering = (
                update(Deal)
                .where(*self._scope(), Deal.id == deal_id, mine == contact_id, self._asked())
                .values(said_so)
            )
            if await rows_changed(self._session, answering):
                return (await self._session.scalars(self._fresh().where(Deal.id == deal_id))).one()
        raise DealGoneError(deal_id)

    def is_open(self, deal: Deal) -> bool:
        return deal.state == DealState.OPEN and deal.expires_at > self._now

    def _asked(self) -> ColumnElement[bool]:
        return and_(Deal.state == DealState.OPEN, Deal.expires_at > self._now)

    def _over(self) -> ColumnElement[bool]:
        return and_(Deal.state != DealState.AGREED, Deal.expires_at <= self._now)

    def _fresh(self) -> Select[Deal]:
        """Select deals as they are by now, also those that the session has read before."""
        return select(Deal).where(*self._scope()).execution_options(populate_existing=True)

    def _scope(self) -> tuple[ColumnElement[bool], ...]:
        return (Deal.merchant_id == self._merchant_id,)


def _between(contact_id: ContactId) -> ColumnElement[bool]:
    return or_(Deal.provider_id == contact_id, Deal.customer_id == contact_id)


async def expire_deals(connection: AsyncConnection, now: datetime) -> bool:
    """Have deals say that their time is over; True where there may be more of them."""
    over = and_(Deal.state == DealState.OPEN, Deal.expires_at <= now)
    ids = (await connection.scalars(select(Deal.id).where(over).limit(_AT_ONCE))).all()
    if ids:
        ending = update(Deal).where(Deal.id.in_(ids), over).values(state=DealState.EXPIRED)
        await connection.execute(ending)
    return len(ids) == _AT_ONCE

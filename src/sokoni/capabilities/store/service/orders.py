"""Orders: placed, found, cancelled, paid for, and had again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.capabilities.store.machine import (
    OWED,
    By,
    Charge,
    Move,
    Status,
    step_for,
)
from sokoni.capabilities.store.models.orders import Order, OrderEvent, OrderId, OrderItem
from sokoni.capabilities.store.service import dues
from sokoni.capabilities.store.service.checkout import Quote
from sokoni.capabilities.store.service.customers import StoreCustomers
from sokoni.capabilities.store.service.ending import LONG, Endings, pieces_of
from sokoni.capabilities.store.service.moves import (
    Moves,
    Moving,
    OrderMovedError,
    OrderUnknownError,
)
from sokoni.capabilities.store.service.placing import ADDRESS, NOTE, PIN, NewOrder, Placing
from sokoni.capabilities.store.service.stock import Stock
from sokoni.capabilities.store.settings import NAME, StoreSettings
from sokoni.db.vault import Vault
from sokoni.kit.ids import ContactId
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile
from sokoni.places.pins import Pin, pin_from

SUBJECT: Final = "store.order"
"""What payments are about."""


class PaymentMove(StrEnum):
    """What became of the money, as a gateway tells."""

    AUTHORIZED = "authorized"
    PAID = "paid"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDED = "refunded"
    """So much in all was given back."""
    RESTORED = "restored"
    """Of what was given back so much alone arrived."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyNews:
    """What is told of an order's money."""

    move: PaymentMove
    amount: Decimal
    currency: str
    accepted: bool = False
    """Staff looked at it and take another amount for the whole."""
    by: By = By.PAYMENT
    staff: str = ""


class Orders:
    """One merchant's orders."""

    def __init__(
        self, session: AsyncSession, vault: Vault, merchant: MerchantProfile, now: datetime
    ) -> None:
        self._session = session
        self._vault = vault
        self._now = now
        self._settings = merchant.settings(NAME, StoreSettings)
        self._moves = Moves(session, merchant.id, now)
        self._stock = Stock(session, merchant.id, now)
        self._endings = Endings(session, merchant.id, now)
        self._placing = Placing(session, vault, merchant, now)
        self._customers = StoreCustomers(session, vault, merchant.id, now)

    # --- reading ------------------------------------------------------------------------------

    async def get(self, order_id: OrderId) -> Order:
        """Return an order, or raise `OrderUnknownError`."""
        return await self._moves.get(order_id)

    async def find_quoted(self, reference: str, contact_id: ContactId) -> Order | None:
        """Return an order of the contact's by what people quote."""
        mine = self._moves.orders().where(Order.contact_id == contact_id)
        return await self._session.scalar(mine.where(Order.reference == _said(reference)))

    async def get_quoted(self, reference: str) -> Order:
        """Return anybody's order by what people quote, or raise `OrderUnknownError`."""
        said = _said(reference)
        found = await self._session.scalar(self._moves.orders().where(Order.reference == said))
        if found is None:
            raise OrderUnknownError(said)
        return found

    async def last(self, contact_id: ContactId) -> Order | None:
        """Return what the contact ordered last."""
        return next(iter(await self.mine(contact_id, limit=1)), None)

    async def mine(self, contact_id: ContactId, *, limit: int, offset: int = 0) -> Sequence[Order]:
        """Return the contact's orders, the last first."""
        mine = self._moves.orders().where(Order.contact_id == contact_id)
        newest = mine.order_by(Order.id.desc()).limit(limit).offset(offset)
        return (await self._session.scalars(newest)).all()

    async def page(
        self,
        *,
        contact_id: ContactId | None = None,
        status: Status | None = None,
        charge: Charge | None = None,
        after: OrderId | None,
        limit: int,
    ) -> Sequence[Order]:
        """Return orders in the order in which they were placed, for the API and commands."""
        statement = self._moves.orders().order_by(Order.id).limit(limit)
        if contact_id is not None:
            statement = statement.where(Order.contact_id == contact_id)
        if status is not None:
            statement = statement.where(Order.status == status)
        if charge is not None:
            statement = statement.where(Order.charge_status == charge)
        if after is not None:
            statement = statement.where(Order.id > after)
        return (await self._session.scalars(statement)).all()

    async def items_of(
        self, order_ids: Sequence[OrderId]
    ) -> Mapping[OrderId, Sequence[OrderItem]]:
        return await self._moves.items(order_ids)

    async def items(self, order_id: OrderId) -> Sequence[OrderItem]:
        return (await self._moves.items([order_id]))[order_id]

    async def history(self, order_id: OrderId) -> Sequence[OrderEvent]:
        return await self._moves.history(order_id)

    def address_of(self, order: Order) -> str:
        return self._vault.open_text(ADDRESS, order.id, order.address)

    def pin_of(self, order: Order) -> Pin | None:
        return pin_from(self._vault.open_text(PIN, order.id, order.pin))

    def note_of(self, order: Order) -> str:
        return self._vault.open_text(NOTE, order.id, order.note)

    # --- placing and cancelling ---------------------------------------------------------------

    async def quote(self, new: NewOrder) -> Quote:
        """Add up what would be ordered; `CartEmptyError`, `NotDeliveredError`."""
        return await self._placing.quote(new)

    async def place(self, new: NewOrder) -> Order:
        """Make an order of the contact's cart, or of goods put together; or write nothing.

        `CartEmptyError`, `CartChangedError`, `TotalChangedError`, `CouponRefusedError`,
        `NotDeliveredError`.
        """
        order = await self._placing.place(new)
        await self._customers.remember(new.contact_id, order.delivery, new.address, new.pin)
        return order

    def may_cancel(self, order: Order, by: By = By.CONTACT) -> bool:
        """Tell whether the order may be cancelled now."""
        status, charge = Status(order.status), Charge(order.charge_status)
        if step_for(Move.CANCEL, status, charge, by) is None:
            return False
        return by is By.STAFF or self._settings.cancel_until == "fulfilled" or charge in OWED

    async def cancel(
        self, order_id: OrderId, by: By, *, staff: str = "", reason: str = ""
    ) -> Order:
        """Cancel an order while that is allowed; its goods are back in the shop at once.

        Money that was paid for it stays where it is until somebody refunds it.
        """
        order = await self.get(order_id)
        if not self.may_cancel(order, by):
            raise OrderMovedError(order)
        return await self._endings.cancel(order, by, staff=staff, reason=reason)

    async def expire(self, order_id: OrderId) -> Order:
        """Cancel an order that nobody paid in time; `OrderMovedError` where it is not so."""
        return await self._endings.expire(order_id)

    # --- money --------------------------------------------------------------------------------

    async def wants_money(self, order_id: OrderId) -> Money | None:
        """Return what is still to be paid for an order, None where nothing is any more.

        It stays true until the transaction ends: what is found wanted is then taken for it.
        """
        order = await self._moves.get(order_id, locked=True)
        status, charge = Status(order.status), Charge(order.charge_status)
        wanted = step_for(Move.PAY, status, charge, By.PAYMENT) is not None
        return Money(dues.wanted(order), order.currency) if wanted else None

    async def payment(self, order_id: OrderId, news: MoneyNews) -> Order:
        """Take what a gateway or staff tell of the money.

        `OrderMovedError` where the order wants no such thing: that is for staff to look at.
        """
        order = await self.get(order_id)
        fits = (news.amount, news.currency) == (dues.wanted(order), order.currency)
        match news.move:
            case PaymentMove.PAID if fits or news.accepted:
                return await self._paid(order, news)
            case PaymentMove.AUTHORIZED if fits:
                return await self._authorized(order, news)
            case PaymentMove.FAILED:
                return await self._charge(order, Move.FAIL, Charge.FAILED, news)
            case PaymentMove.EXPIRED:
                return await self._charge(order, Move.LAPSE, Charge.EXPIRED, news)
            case PaymentMove.REFUNDED if news.currency == order.currency:
                return await self._refunded(order, news)
            case PaymentMove.RESTORED if news.currency == order.currency:
                return await self._restored(order, news)
            case _:
                raise OrderMovedError(order)

    async def _paid(self, order: Order, news: MoneyNews) -> Order:
        owed = Charge(order.charge_status)
        values: dict[str, Any] = {"pay_until": None, "paid": news.amount}
        if order.status == Status.PLACED:
            values["status"] = Status.PAID
        async with self._session.begin_nested():
            paid = await self._charge(order, Move.PAY, Charge.PAID, news, values)
            if owed is not Charge.COD:
                await self._stock.take(order.id, await pieces_of(self._moves, OrderId(order.id)))
        return paid

    async def _authorized(self, order: Order, news: MoneyNews) -> Order:
        """Wait on for the money: it is set aside, so the order is not cancelled for want of it."""
        values = {"pay_until": None}
        async with self._session.begin_nested():
            moved = await self._charge(order, Move.AUTHORIZE, Charge.AUTHORIZED, news, values)
            await self._stock.extend(order.id, self._now + LONG)
        return moved

    async def _refunded(self, order: Order, news: MoneyNews) -> Order:
        if not order.refunded < news.amount <= order.paid:
            raise OrderMovedError(order)
        return await self._given_back(order, Move.REFUND, news)

    async def _restored(self, order: Order, news: MoneyNews) -> Order:
        """Have less be given back than was thought."""
        if not 0 <= news.amount < order.refunded:
            raise OrderMovedError(order)
        return await self._given_back(order, Move.RESTORE, news)

    async def _given_back(self, order: Order, move: Move, news: MoneyNews) -> Order:
        part = Charge.PARTLY_REFUNDED if news.amount else Charge.PAID
        charge = Charge.REFUNDED if news.amount >= order.paid else part
        return await self._charge(order, move, charge, news, {"refunded": news.amount})

    async def _charge(
        self,
        order: Order,
        move: Move,
        charge: Charge,
        news: MoneyNews,
        values: Mapping[str, Any] | None = None,
    ) -> Order:
        data = {"amount": str(news.amount), "currency": news.currency}
        moving = Moving(
            move=move,
            by=news.by,
            staff=news.staff,
            values={**(values or {}), "charge_status": charge},
            data=data,
        )
        return await self._moves.make(order, moving)


def _said(reference: str) -> str:
    return "".join(reference.split()).upper()

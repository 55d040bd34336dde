"""What staff do with orders, from a page, a command or the API: the contact is told of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.store.machine import By
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.service.fulfilment import Fulfilment, Pieces
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.service.orders import SUBJECT, MoneyNews, Orders, PaymentMove
from sokoni.capabilities.store.telling import news_for
from sokoni.db.vault import Vault
from sokoni.errors import AppError
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.seats import last_written_in
from sokoni.messaging.tells import Tells, Whisper
from sokoni.payments.service import Payments
from sokoni.payments.states import SETTLED


class PaidByGatewayError(AppError):
    """Its money came through a payment: that is what is given back."""

    code = "paid_by_gateway"


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffOrders:
    """One merchant's staff at work on orders, in one transaction."""

    connection: AsyncConnection
    session: AsyncSession
    """On the connection."""
    inbox: Inbox
    vault: Vault
    merchant: MerchantProfile
    now: datetime
    staff: str
    """Who it is, for the history."""

    @property
    def book(self) -> Orders:
        return Orders(self.session, self.vault, self.merchant, self.now)

    async def get(self, named: str) -> Order:
        """Return an order by its reference or id, or raise `OrderUnknownError`."""
        return await get_named(self.book, named)

    async def fulfil(self, named: str, pieces: Pieces, *, tracking: str = "") -> Order:
        """Send some of it, or all that is left."""
        order = await self.get(named)
        return await self._told(await self._desk.fulfil(order, pieces, tracking=tracking))

    async def deliver(self, named: str) -> Order:
        return await self._told(await self._desk.deliver(await self.get(named)))

    async def take_back(self, named: str, pieces: Pieces, *, restock: bool = True) -> Order:
        """Note that goods came back, and have them for sale again where they are fit for it."""
        order = await self.get(named)
        return await self._told(await self._desk.take_back(order, pieces, restock=restock))

    async def cancel(self, named: str, *, reason: str = "") -> Order:
        """Cancel what was not sent yet. Money that was paid is given back by itself."""
        order = await self.get(named)
        book = self.book
        cancelled = await book.cancel(order.id, By.STAFF, staff=self.staff, reason=reason)
        return await self._told(cancelled)

    async def refund(self, named: str, amount: Decimal | None = None) -> Order:
        """Note that money was given back by hand; None: all that is left of it.

        What was paid through a gateway is given back through it: `PaidByGatewayError`.
        """
        order = await self.get(named)
        payments = Payments(self.session, self.vault, self.merchant.id, self.now)
        paid = await payments.of_subject(SUBJECT, order.id, states=SETTLED)
        if any(one.money.amount for one in paid):
            raise PaidByGatewayError(order.reference)
        back = order.total - order.refunded if amount is None else amount
        if back <= 0:
            raise OrderMovedError(order)
        return await self._money(order, PaymentMove.REFUNDED, order.refunded + back)

    async def note(self, named: str, text: str) -> Order:
        """Write something down for colleagues; the contact is told nothing."""
        return await self._desk.note(await self.get(named), text)

    @property
    def _desk(self) -> Fulfilment:
        return Fulfilment(self.session, self.merchant.id, self.now, self.staff)

    async def _money(self, order: Order, move: PaymentMove, amount: Decimal) -> Order:
        news = MoneyNews(
            move=move, amount=amount, currency=order.currency, by=By.STAFF, staff=self.staff
        )
        return await self.book.payment(OrderId(order.id), news)

    async def _told(self, order: Order) -> Order:
        """Have the contact told on the number where they last wrote."""
        await self.session.flush()
        seat = await last_written_in(self.connection, order.contact_id)
        if seat is not None:
            whisper = Whisper.of(seat, news_for(order))
            await Tells(self.inbox).carry(self.connection, [whisper], self.now)
        return order


async def get_named(book: Orders, named: str) -> Order:
    """Return an order by its reference or id, or raise `OrderUnknownError`."""
    try:
        order_id = OrderId(UUID(named))
    except ValueError:
        return await book.get_quoted(named)
    return await book.get(order_id)

"""What staff do with orders, from a page, a command or the API: the contact is told of it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from sokoni.capabilities.store.amounts import money
from sokoni.capabilities.store.giving_back import GivingBack
from sokoni.capabilities.store.machine import By
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.putting_up import PuttingUp, PutUp
from sokoni.capabilities.store.service.amending import Amending
from sokoni.capabilities.store.service.calling_off import CallingOff
from sokoni.capabilities.store.service.dues import kept, return_due, wanted
from sokoni.capabilities.store.service.fulfilment import Fulfilment
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.service.orders import MoneyNews, Orders, PaymentMove
from sokoni.capabilities.store.service.pieces import Pieces
from sokoni.capabilities.store.telling import news_for
from sokoni.db.vault import Vault
from sokoni.dialogue.cashing import StaffPayments
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile
from sokoni.messaging.inbox import Inbox
from sokoni.messaging.seats import first_number, last_written_in
from sokoni.messaging.tells import Tells, Whisper
from sokoni.payments.gateways import Offered

NO_PIECES: Final[Pieces] = {}
BY_HAND: Final = "to be given back by hand:"


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
    gateways: Offered
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

    async def take_back(
        self, named: str, pieces: Pieces, *, restock: bool = True, refund: bool = False
    ) -> Order:
        """Note that goods came back, and have them for sale again where they are fit for it.

        `refund`: what they are worth is given back at once, as by `cancel`. Otherwise it is only
        told (`dues.return_due`), and staff decide.
        """
        order = await self.get(named)
        back = await self._desk.take_back(order, pieces, restock=restock)
        worth = return_due(back, await self.book.items(back.id)) if refund else Decimal(0)
        by_hand = await self._till.give(back, worth, "") if worth else Decimal(0)
        return await self._left_by_hand(await self._told(back), by_hand)

    async def place(self, wanted: PutUp) -> Order:
        """Put up an order for a contact, who is told, and asked for the money where it is due."""
        seat = await last_written_in(self.connection, wanted.contact_id)
        putting = PuttingUp(
            session=self.session,
            vault=self.vault,
            merchant=self.merchant,
            gateways=self.gateways,
            now=self.now,
            staff=self.staff,
        )
        return await self._told(await putting.place(wanted, seat.id if seat else None))

    async def amend(
        self, named: str, *, address: str | None = None, note: str | None = None
    ) -> Order:
        """Change where an order goes, or its note, before it is sent. Amounts stay."""
        order = await self.get(named)
        amending = Amending(self.session, self.vault, self.merchant, self.now)
        amended = await amending.amend(order, self.staff, address=address, note=note)
        return amended if address is None else await self._told(amended)

    async def cancel(
        self,
        named: str,
        pieces: Pieces = NO_PIECES,
        *,
        reason: str = "",
        refund: bool = False,
        shipping: bool = False,
    ) -> Order:
        """Cancel what was not sent yet, or pieces of it; nothing sent or left: the whole order.

        `shipping`: bringing what is left costs nothing, either; of a whole order it never does.

        `refund`: the money that is due for it is given back at once, by the gateway that took it;
        where none can, the history says how much is to be given back by hand. Otherwise staff
        decide later.
        """
        order = await self.get(named)
        if await self._counter.is_all(order, pieces):
            off = await self.book.cancel(order.id, By.STAFF, staff=self.staff, reason=reason)
        else:
            off = await self._counter.call_off(order, pieces, reason=reason, shipping=shipping)
        by_hand = await self._till.due(off, reason) if refund else Decimal(0)
        return await self._left_by_hand(await self._told(off), by_hand)

    async def mark_paid(self, named: str) -> Order:
        """Note that all of it was paid by hand. What else was asked for it is wanted no more.

        Cash that was asked for counts in the contact's own turn, a moment later.
        """
        order = await self.get(named)
        cash = await self._till.cash(order)
        if cash is not None:
            await self._till.till.mark_paid(cash.id, cash.money)
            return order
        paid = await self._money(order, PaymentMove.PAID, wanted(order))
        await self._till.want_no_more(paid)
        return await self._told(paid)

    async def refund(self, named: str, amount: Decimal | None = None) -> Order:
        """Note that money was given back by hand; None: all that is left of it.

        What was paid through a gateway is given back through it: `PaidByGatewayError`.
        """
        order = await self.get(named)
        if await self._till.settled(order):
            raise PaidByGatewayError(order.reference)
        back = kept(order) if amount is None else money(amount, order.currency, "amount").amount
        if back <= 0:
            raise OrderMovedError(order)
        return await self._money(order, PaymentMove.REFUNDED, order.refunded + back)

    async def note(self, named: str, text: str) -> Order:
        """Write something down for colleagues; the contact is told nothing."""
        return await self._desk.note(await self.get(named), text)

    @property
    def _desk(self) -> Fulfilment:
        return Fulfilment(self.session, self.merchant.id, self.now, self.staff)

    @property
    def _counter(self) -> CallingOff:
        return CallingOff(self.session, self.merchant.id, self.now, self.staff)

    async def _money(self, order: Order, move: PaymentMove, amount: Decimal) -> Order:
        news = MoneyNews(
            move=move, amount=amount, currency=order.currency, by=By.STAFF, staff=self.staff
        )
        return await self.book.payment(OrderId(order.id), news)

    async def _left_by_hand(self, order: Order, amount: Decimal) -> Order:
        """Write down what no gateway gives back; return the order as it is then."""
        if amount:
            told = f"{Money(amount, order.currency).amount} {order.currency}"
            return await self._desk.note(order, f"{BY_HAND} {told}")
        return await self.book.get(OrderId(order.id))

    async def _told(self, order: Order) -> Order:
        """Have the contact told on the number where they last wrote."""
        await self.session.flush()
        seat = await last_written_in(self.connection, order.contact_id)
        account = (
            seat.account_id if seat else await first_number(self.connection, self.merchant.id)
        )
        if account is not None:
            whisper = Whisper(self.merchant.id, account, news_for(order))
            await Tells(self.inbox).carry(self.connection, [whisper], self.now)
        return order

    @property
    def _till(self) -> GivingBack:
        return GivingBack(
            StaffPayments(
                connection=self.connection,
                session=self.session,
                inbox=self.inbox,
                vault=self.vault,
                clock=lambda: self.now,
                merchant=self.merchant,
                gateways=self.gateways,
                staff=self.staff,
            )
        )


async def get_named(book: Orders, named: str) -> Order:
    """Return an order by its reference or id, or raise `OrderUnknownError`."""
    try:
        order_id = OrderId(UUID(named))
    except ValueError:
        return await book.get_quoted(named)
    return await book.get(order_id)

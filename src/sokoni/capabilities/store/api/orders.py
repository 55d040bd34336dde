"""Orders: put up, read, filtered, changed and moved on by staff; the contact is told of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from sokoni.capabilities.store.api.order_shown import OrderShown, OrderWhole, Showing
from sokoni.capabilities.store.api.orders_said import (
    NoteSaid,
    OrderChange,
    OrderNamed,
    OrderSaid,
    RefundSaid,
    Standing,
    StatusSaid,
)
from sokoni.capabilities.store.machine import Charge, Status
from sokoni.capabilities.store.models.orders import Order, OrderId
from sokoni.capabilities.store.putting_up import OrderRefusedError
from sokoni.capabilities.store.service.checkout import NotDeliveredError
from sokoni.capabilities.store.service.moves import OrderMovedError
from sokoni.capabilities.store.staff import StaffOrders, get_named
from sokoni.web.behalf import Change, Changing, contact_named
from sokoni.web.contacts import find_contact_named
from sokoni.web.once import OnlyOnce
from sokoni.web.pagination import Page, PageWanted, page_of
from sokoni.web.parts import Parts, Reading
from sokoni.web.principal import Agent, Scope
from sokoni.web.problems import Mistake, MistakenError

router = APIRouter(prefix="/orders")


class OrderStandsError(MistakenError):
    """It cannot become so from how it stands, which is said under the two statuses."""

    code = "order_moved"


@dataclass(frozen=True, slots=True)
class Filters:
    """Which orders are wanted."""

    status: Status | None
    charge: Charge | None
    user: str


async def _filters(
    status: Status | None = None,
    charge_status: Charge | None = None,
    user: Annotated[
        str, Query(max_length=60, description="Phone number or id of a contact.")
    ] = "",
) -> Filters:
    return Filters(status, charge_status, user)


@router.get("")
async def orders(
    principal: Agent,
    parts: Parts,
    session: Reading,
    wanted: PageWanted,
    filters: Annotated[Filters, Depends(_filters)],
) -> Page[OrderShown]:
    """Return orders in the order in which they were placed."""
    showing, user = Showing(principal, parts, session), filters.user
    merchant, vault = principal.merchant, parts.vault
    who = await find_contact_named(session, vault, merchant, user) if user else None
    found = await showing.book.page(
        contact_id=who,
        status=filters.status,
        charge=filters.charge,
        after=None if wanted.after is None else OrderId(wanted.after),
        limit=wanted.one_more,
    )
    return page_of(await showing.orders(found), wanted, lambda one: one, lambda one: one.id)


@router.get("/{order}")
async def one_order(
    order: OrderNamed, principal: Agent, parts: Parts, session: Reading
) -> OrderWhole:
    """Return one order by its reference or id, with all that happened to it."""
    showing = Showing(principal, parts, session)
    return await showing.whole(await get_named(showing.book, order))


@router.post("", status_code=HTTPStatus.CREATED)
async def put_up(said: OrderSaid, change: Changing, once: OnlyOnce) -> OrderWhole:
    """Put up an order for a contact, who is told, and asked for the money where it is due.

    409 says under `items.0` and so on what of the goods is in the way, such as `unknown`, `out`
    or `short:3`. `payment_info` says how it is paid; the payment's id and link stand there once
    the contact's own turn has asked for the money, a moment later.
    """

    async def act() -> OrderWhole:
        who = await contact_named(change, said.user)
        return await _done(change, lambda desk: desk.place(said.put_up(who)))

    return await once.do(change, OrderWhole, act)


@router.patch("/{order}")
async def amend(
    order: OrderNamed, said: OrderChange, change: Changing, once: OnlyOnce
) -> OrderWhole:
    """Change where an order goes, or its note, before all of it is sent; amounts stay."""

    async def amended(desk: StaffOrders) -> Order:
        try:
            return await desk.amend(order, address=said.address, note=said.note)
        except NotDeliveredError as error:
            raise OrderRefusedError([Mistake(where="address", problem="not_there")]) from error

    return await once.do(change, OrderWhole, lambda: _done(change, amended))


@router.put("/{order}/status")
async def move(
    order: OrderNamed, said: StatusSaid, change: Changing, once: OnlyOnce
) -> OrderWhole:
    """Send, deliver, cancel, take back or mark as paid an order; the contact is told.

    `items` says how many of which SKU, where not all that is left is meant. 409 says how the
    order stands where that is not possible. Money, `paid` or `refund`, needs the scope
    `payments`; cash that was asked for counts a moment later.
    """
    if said.refund or said.status is Standing.PAID:
        change.principal.check(Scope.PAYMENTS)

    async def moved(desk: StaffOrders) -> Order:
        match said.status:
            case Standing.FULFILLED:
                return await desk.fulfil(order, said.items, tracking=said.tracking)
            case Standing.DELIVERED:
                return await desk.deliver(order)
            case Standing.CANCELLED:
                return await desk.cancel(
                    order,
                    said.items,
                    reason=said.reason,
                    refund=said.refund,
                    shipping=said.shipping,
                )
            case Standing.PAID:
                return await desk.mark_paid(order)
            case Standing.RETURNED:
                return await desk.take_back(
                    order, said.items, restock=said.restock, refund=said.refund
                )

    return await once.do(change, OrderWhole, lambda: _done(change, moved))


@router.post("/{order}/refunds", status_code=HTTPStatus.CREATED)
async def refund(
    order: OrderNamed, said: RefundSaid, change: Changing, once: OnlyOnce
) -> OrderWhole:
    """Note money that was given back by hand; all of it, where no amount is said.

    What was paid by a payment is given back by it, at `/payments`.
    """
    return await once.do(
        change, OrderWhole, lambda: _done(change, lambda desk: desk.refund(order, said.amount))
    )


@router.post("/{order}/notes", status_code=HTTPStatus.CREATED)
async def note(order: OrderNamed, said: NoteSaid, change: Changing, once: OnlyOnce) -> OrderWhole:
    """Write something down for colleagues; the contact is told nothing."""
    return await once.do(
        change, OrderWhole, lambda: _done(change, lambda desk: desk.note(order, said.text))
    )


async def _done(change: Change, act: Callable[[StaffOrders], Awaitable[Order]]) -> OrderWhole:
    desk = StaffOrders(
        connection=change.connection,
        session=change.session,
        inbox=change.parts.inbox,
        vault=change.parts.vault,
        gateways=change.parts.gateways,
        merchant=change.principal.merchant,
        now=change.now,
        staff=f"key {change.principal.name}",
    )
    try:
        moved = await act(desk)
    except OrderMovedError as error:
        stands = {"status": error.order.status, "charge_status": error.order.charge_status}
        raise OrderStandsError(
            [Mistake(where=where, problem=problem) for where, problem in stands.items()]
        ) from error
    return await Showing(change.principal, change.parts, change.session).whole(moved)

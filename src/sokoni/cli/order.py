"""`sokoni order …`: what was ordered, and what staff do about it."""

import asyncio
import getpass
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Annotated, Final

import typer

from sokoni.capabilities.store.amounts import PriceTooPreciseError
from sokoni.capabilities.store.machine import Charge, Status
from sokoni.capabilities.store.models.orders import Order
from sokoni.capabilities.store.putting_up import OrderRefusedError, PutUp
from sokoni.capabilities.store.service.checkout import NotDeliveredError
from sokoni.capabilities.store.service.moves import OrderMovedError, OrderUnknownError
from sokoni.capabilities.store.service.pieces import PiecesWrongError
from sokoni.capabilities.store.staff import PaidByGatewayError, StaffOrders
from sokoni.cli import order_lines
from sokoni.cli.amounts import amount_said
from sokoni.cli.console import say
from sokoni.cli.order_lines import pieces_said
from sokoni.cli.parts import Parts, opened
from sokoni.cli.tills import gateways_of
from sokoni.contacts.directory import ContactDirectory
from sokoni.db.writing import writing
from sokoni.errors import AppError
from sokoni.kit.ids import MerchantId
from sokoni.merchants.directory import MerchantDirectory
from sokoni.merchants.profile import MerchantProfile
from sokoni.merchants.service import MerchantUnknownError
from sokoni.messaging.inbox import Inbox
from sokoni.web.contacts import contact_said
from sokoni.web.parts import session_on

commands = typer.Typer(help="Orders of a store.", no_args_is_help=True)

_MOST: Final = 1000
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Named = Annotated[str, typer.Argument(metavar="ORDER", help="Such as ORD-7K3M2Q5.")]
By = Annotated[str, typer.Option("--by", help="Who does it; your user name unless told.")]
Items = Annotated[
    list[str] | None,
    typer.Option("--item", help="SKU=PIECES, as often as needed; nothing: all that is left."),
]


@commands.command("list")
def show_all(
    merchant: Slug,
    *,
    status: Annotated[Status | None, typer.Option(help="Only those that stand so.")] = None,
    charge: Annotated[Charge | None, typer.Option(help="Only those whose money does.")] = None,
) -> None:
    """List orders, the oldest first."""
    say("\n".join(asyncio.run(_lines(merchant, status, charge))) or "There is no such order.")


@commands.command("show")
def show(merchant: Slug, order: Named) -> None:
    """Show one order, and all that happened to it."""
    say("\n".join(asyncio.run(_whole(merchant, order))))


@commands.command("add")
def add(  # noqa: PLR0913 -- what an order is made of
    merchant: Slug,
    contact: Annotated[str, typer.Argument(metavar="CONTACT", help="Phone number, or id.")],
    *,
    item: Items = None,
    delivery: Annotated[str, typer.Option(help="Id of a delivery option.")] = "",
    address: Annotated[str, typer.Option(help="Where it goes.")] = "",
    note: Annotated[str, typer.Option(help="Of the contact's.")] = "",
    coupon: Annotated[str, typer.Option(help="Its code.")] = "",
    pay: Annotated[str, typer.Option(help="The gateway; the first unless told.")] = "",
    by: By = "",
) -> None:
    """Order for a contact, at today's prices. They are told, and asked for the money."""
    pieces = pieces_said(item)
    if not pieces:
        raise typer.BadParameter("Say what is ordered by --item.")

    async def put_up(desk: StaffOrders) -> Order:
        who = await contact_said(
            desk.session, desk.connection, desk.vault, desk.merchant, contact, desk.now
        )
        lines = list(pieces.items())
        wanted = PutUp(
            contact_id=who,
            lines=lines,
            delivery=delivery,
            address=address,
            note=note,
            coupon=coupon,
            gateway=pay,
        )
        return await desk.place(wanted)

    _act(merchant, by, put_up)


@commands.command("amend")
def amend(
    merchant: Slug,
    order: Named,
    *,
    address: Annotated[str | None, typer.Option(help="Where it goes instead.")] = None,
    note: Annotated[str | None, typer.Option(help='Of the contact\'s; "" for none.')] = None,
    by: By = "",
) -> None:
    """Change where it goes, or its note, before it is sent. Amounts stay.

    The history says what bringing it there costs today, where that is another amount.
    """
    if address is None and note is None:
        raise typer.BadParameter("Say what changes by --address or --note.")
    _act(merchant, by, lambda desk: desk.amend(order, address=address, note=note))


@commands.command("paid")
def paid(merchant: Slug, order: Named, by: By = "") -> None:
    """Note that all of it was paid by hand. The contact is told."""
    _act(merchant, by, lambda desk: desk.mark_paid(order))


@commands.command("fulfil")
def fulfil(
    merchant: Slug,
    order: Named,
    *,
    item: Items = None,
    tracking: Annotated[str, typer.Option(help="Told to the contact.")] = "",
    by: By = "",
) -> None:
    """Send it, or a part of it. The contact is told."""
    pieces = pieces_said(item)
    _act(merchant, by, lambda desk: desk.fulfil(order, pieces, tracking=tracking))


@commands.command("deliver")
def deliver(merchant: Slug, order: Named, by: By = "") -> None:
    """Note that the contact has it. They are told."""
    _act(merchant, by, lambda desk: desk.deliver(order))


@commands.command("cancel")
def cancel(  # noqa: PLR0913 -- what may be said of it
    merchant: Slug,
    order: Named,
    *,
    item: Items = None,
    reason: Annotated[str, typer.Option(help="Told to the contact.")] = "",
    refund: Annotated[
        bool, typer.Option("--refund", help="Give what was paid for it back at once.")
    ] = False,
    shipping: Annotated[
        bool, typer.Option("--shipping", help="Of pieces: the shipping, too.")
    ] = False,
    by: By = "",
) -> None:
    """Cancel what was not sent yet, or some of it. It is for sale again; the contact is told."""
    pieces = pieces_said(item)
    how = {"refund": refund, "shipping": shipping}
    _act(merchant, by, lambda desk: desk.cancel(order, pieces, reason=reason, **how))


@commands.command("return")
def take_back(
    merchant: Slug,
    order: Named,
    *,
    item: Items = None,
    spoilt: Annotated[bool, typer.Option("--spoilt", help="Not to be sold again.")] = False,
    refund: Annotated[
        bool, typer.Option("--refund", help="Give what they are worth back at once.")
    ] = False,
    by: By = "",
) -> None:
    """Note that goods came back. The contact is told; you are told what they are worth.

    That is their price with their shares of discount and tax. None of it goes back by itself.
    """
    pieces = pieces_said(item)
    how = {"restock": not spoilt, "refund": refund}
    _act(merchant, by, lambda desk: desk.take_back(order, pieces, **how))


@commands.command("refund")
def refund(
    merchant: Slug,
    order: Named,
    *,
    amount: Annotated[str, typer.Option(help="Such as 4.50; all that is left unless told.")] = "",
    by: By = "",
) -> None:
    """Note money that was given back by hand; what came by a payment goes back by it."""
    back = amount_said(amount)
    _act(merchant, by, lambda desk: desk.refund(order, back))


@commands.command("note")
def note(merchant: Slug, order: Named, text: str, by: By = "") -> None:
    """Write something down for colleagues."""
    _act(merchant, by, lambda desk: desk.note(order, text))


def _act(slug: str, by: str, act: Callable[[StaffOrders], Awaitable[Order]]) -> None:
    say(asyncio.run(_acted(slug, by or getpass.getuser(), act)))


async def _acted(slug: str, by: str, act: Callable[[StaffOrders], Awaitable[Order]]) -> str:
    async with _desk(slug, by) as desk:
        order = await act(desk)
        return order_lines.stands(order, await desk.book.items(order.id))


class NotPossibleError(AppError):
    """Why an order cannot be moved so, in words for whoever typed the command."""

    code = "not_possible"


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except OrderMovedError as error:
        order = error.order
        raise NotPossibleError(
            f"{order.reference} is {order.status} and {order.charge_status}: not possible."
        ) from error
    except OrderUnknownError as error:
        raise NotPossibleError(f"There is no order {error}.") from error
    except PiecesWrongError as error:
        raise NotPossibleError(f"Not so many are left to be moved so: {error}.") from error
    except PaidByGatewayError as error:
        said = "was paid through a gateway: give it back by `sokoni payment refund`."
        raise NotPossibleError(f"{error} {said}") from error
    except NotDeliveredError as error:
        raise NotPossibleError("It is not brought there in the way that was ordered.") from error
    except PriceTooPreciseError as error:
        raise NotPossibleError("There are no coins for so little.") from error
    except OrderRefusedError as error:
        raise NotPossibleError(f"Not ordered: {error}.") from error


@asynccontextmanager
async def _desk(slug: str, by: str) -> AsyncIterator[StaffOrders]:
    """Open a transaction in which a merchant's staff work on orders."""
    async with opened() as parts, gateways_of(parts) as gateways:
        merchant = await _merchant(parts, slug)
        with _in_words():
            async with writing(parts.engine) as connection, session_on(connection) as session:
                yield StaffOrders(
                    connection=connection,
                    session=session,
                    inbox=Inbox(parts.engine, parts.vault, parts.clock),
                    vault=parts.vault,
                    gateways=gateways,
                    merchant=merchant,
                    now=parts.clock(),
                    staff=by,
                )
                await session.flush()


async def _merchant(parts: Parts, slug: str) -> MerchantProfile:
    found = await MerchantDirectory(parts.engine, parts.clock).find(slug)
    if found is None:
        raise MerchantUnknownError(slug)
    return found


async def _lines(slug: str, status: Status | None, charge: Charge | None) -> Sequence[str]:
    async with _desk(slug, "") as desk:
        found = await desk.book.page(status=status, charge=charge, after=None, limit=_MOST)
        names = await _names(desk, desk.merchant.id, found)
        return [order_lines.line(one, names, desk.merchant.zone) for one in found]


async def _whole(slug: str, named: str) -> Sequence[str]:
    async with _desk(slug, "") as desk:
        order, zone = await desk.get(named), desk.merchant.zone
        book = desk.book
        items = await book.items(order.id)
        told = {"to": book.address_of(order), "note": book.note_of(order)}
        return [
            order_lines.line(order, await _names(desk, desk.merchant.id, [order]), zone),
            *(order_lines.item(one, order.currency) for one in items),
            order_lines.sums(order, items),
            *(f"{name}: {text}" for name, text in told.items() if text),
            *(order_lines.event(one, zone) for one in await book.history(order.id)),
        ]


async def _names(
    desk: StaffOrders, merchant_id: MerchantId, orders: Sequence[Order]
) -> Mapping[str, str]:
    directory = ContactDirectory(desk.session, desk.vault, merchant_id)
    found = await directory.names_of({one.contact_id for one in orders})
    return {str(contact_id): name for contact_id, name in found.items()}

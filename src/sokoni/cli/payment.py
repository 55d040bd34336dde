"""`sokoni payment …`: see payments, say that they were paid by hand, give money back."""

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Final
from uuid import UUID, uuid4

import typer

from sokoni.cli.amounts import amount_said
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.cli.tills import merchant_of, till
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.payments.models import Payment, PaymentEntry, PaymentId
from sokoni.payments.service import Payments
from sokoni.payments.states import PaymentState

commands = typer.Typer(help="Money that contacts pay.", no_args_is_help=True)

_MOST: Final = 1000
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Which = Annotated[
    str, typer.Argument(metavar="PAYMENT", help="Its id, or the reference of what it pays.")
]
Amount = Annotated[str, typer.Option("--amount", help="Such as 4.50; all unless told.")]
Why = Annotated[str, typer.Option("--why", help="For the history.")]
By = Annotated[str, typer.Option("--by", help="Who does it; your user name unless told.")]
Key = Annotated[str, typer.Option("--key", help="The same key gives money back once.")]


class NoSuchPaymentError(AppError):
    code = "payment_unknown"
    http_status = 404


@commands.command("list")
def show_all(
    merchant: Slug,
    status: Annotated[
        PaymentState | None, typer.Option("--status", help="Those alone that stand so.")
    ] = None,
) -> None:
    """List payments, the newest first."""
    say("\n".join(asyncio.run(_lines(merchant, status))) or "There is no such payment.")


@commands.command("show")
def show(merchant: Slug, payment: Which) -> None:
    """Show a payment with all that was said of it."""
    say("\n".join(asyncio.run(_history(merchant, payment))))


@commands.command("mark-paid")
def mark_paid(merchant: Slug, payment: Which, amount: Amount = "", by: By = "") -> None:
    """Say that cash was paid; the contact is told."""
    asyncio.run(_mark_paid(merchant, payment, amount, by))
    say("Noted. The contact is told.")


@commands.command("mark-refused")
def mark_refused(merchant: Slug, payment: Which, why: Why = "", by: By = "") -> None:
    """Say that the contact would not pay in cash."""
    asyncio.run(_mark_refused(merchant, payment, why, by))
    say("Noted.")


@commands.command("refund")
def refund(
    merchant: Slug,
    payment: Which,
    amount: Amount = "",
    why: Why = "",
    by: By = "",
    key: Key = "",
) -> None:
    """Give money back: the gateway is asked, and the contact told when it is done."""
    say(asyncio.run(_refund(merchant, payment, amount, why, by, key)))


async def _lines(slug: str, status: PaymentState | None) -> Sequence[str]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            payments = Payments(session, parts.vault, merchant.id, parts.clock())
            return [_line(one) for one in await payments.page(state=status, limit=_MOST)]


def _line(one: Payment) -> str:
    money = _sum(one.amount, one.currency)
    odd = f", to be looked at: {one.review}" if one.review else ""
    return f"{one.id}  {one.reference}  {money}  {one.provider}  {one.state}{odd}"


async def _history(slug: str, which: str) -> Sequence[str]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            payments = Payments(session, parts.vault, merchant.id, parts.clock())
            payment = await _named(payments, which)
            link = payments.link_of(payment)
            said = [_said(one) for one in await payments.history(payment.id)]
            sums = [_sum(one, payment.currency) for one in (payment.paid, payment.refunded)]
            paid = f"paid {sums[0]}, given back {sums[1]}"
            return [_line(payment), paid, *([link] if link else []), *said]


def _said(one: PaymentEntry) -> str:
    money = "" if one.amount is None else f" {_sum(one.amount, one.currency)}"
    by = f" by {one.by}" if one.by else ""
    why = f" ({one.reason})" if one.reason else ""
    return f"  {one.at:%Y-%m-%d %H:%M} {one.source}: {one.said}{money}{by}, {one.outcome}{why}"


def _sum(amount: Decimal, currency: str) -> str:
    return f"{Money(amount, currency).amount} {currency}"


async def _mark_paid(slug: str, which: str, amount: str, by: str) -> None:
    async with opened() as parts, till(parts, slug, by) as staff:
        payment = await _named(staff.payments, which)
        await staff.mark_paid(payment.id, _money(amount, payment) or payment.money)


async def _mark_refused(slug: str, which: str, why: str, by: str) -> None:
    async with opened() as parts, till(parts, slug, by) as staff:
        payment = await _named(staff.payments, which)
        await staff.mark_refused(payment.id, why)


async def _refund(slug: str, which: str, amount: str, why: str, by: str, key: str) -> str:
    async with opened() as parts, till(parts, slug, by) as staff:
        payment = await _named(staff.payments, which)
        once = f"cli:{key or uuid4().hex}"
        money = _money(amount, payment)
        given = await staff.refund(payment.id, money, key=once, reason=why)
        return f"{Money(given.amount, given.currency).amount} {given.currency}: {given.state}."


async def _named(payments: Payments, which: str) -> Payment:
    try:
        return await payments.get(PaymentId(UUID(which)))
    except ValueError:
        found = await payments.of_reference(which.strip().upper())
    if not found:
        raise NoSuchPaymentError(f"No payment is called {which}.")
    return found[-1]


def _money(amount: str, payment: Payment) -> Money | None:
    said = amount_said(amount)
    return None if said is None else Money(said, payment.currency)

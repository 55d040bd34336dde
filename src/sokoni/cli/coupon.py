"""`sokoni coupon …`: codes that bring prices down."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Final
from zoneinfo import ZoneInfo

import typer

from sokoni.capabilities.store.models.carts import Coupon
from sokoni.capabilities.store.service.coupons import (
    CouponKnownError,
    Coupons,
    CouponUnknownError,
)
from sokoni.cli.amounts import amount_said
from sokoni.cli.console import say
from sokoni.cli.parts import opened
from sokoni.cli.tills import merchant_of
from sokoni.errors import AppError
from sokoni.kit.money import Money
from sokoni.merchants.profile import MerchantProfile

commands = typer.Typer(help="Coupons of a store.", no_args_is_help=True)

_MOST: Final = 1000
_HUNDRED: Final = 100
Slug = Annotated[str, typer.Argument(metavar="MERCHANT", help="The merchant's id.")]
Code = Annotated[str, typer.Argument(metavar="CODE", help="However it is written.")]


class CouponRefusedError(AppError):
    """Why a coupon cannot be so, in words for whoever typed the command."""

    code = "coupon_refused_here"


@commands.command("list")
def show_all(merchant: Slug) -> None:
    """List coupons, the oldest first."""
    say("\n".join(asyncio.run(_lines(merchant))) or "There is no coupon.")


@commands.command("add")
def add(  # noqa: PLR0913 -- what a coupon is made of
    merchant: Slug,
    code: Code,
    *,
    percent: Annotated[str, typer.Option(help="What share it takes off, such as 10.")] = "",
    amount: Annotated[str, typer.Option(help="Or how much, such as 2.50.")] = "",
    least: Annotated[str, typer.Option(help="What the goods must cost at least.")] = "",
    until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The day from which it ends.")
    ] = None,
    uses: Annotated[int | None, typer.Option(min=0, help="How often it counts.")] = None,
    once_each: Annotated[bool, typer.Option("--once-each", help="Once for each contact.")] = False,
) -> None:
    """Make a coupon that takes off a share, or an amount."""
    share, off = amount_said(percent), amount_said(amount)
    if (share is None) == (off is None) or not (share or off or 0) > 0:
        raise typer.BadParameter("Say either --percent or --amount, of more than nothing.")
    if share is not None and share > _HUNDRED:
        raise typer.BadParameter("No more than 100 percent can be taken off.")
    values = {
        "percent": share,
        "amount": off,
        "least": amount_said(least) or Decimal(0),
        "uses_max": uses,
        "once_each": once_each,
    }
    say(asyncio.run(_added(merchant, code, values, until)))


@commands.command("drop")
def drop(merchant: Slug, code: Code) -> None:
    """Delete a coupon; orders that used it keep their prices."""
    asyncio.run(_dropped(merchant, code))
    say("Deleted.")


async def _lines(slug: str) -> Sequence[str]:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            found = await Coupons(session, merchant.id, parts.clock()).page(
                after=None, limit=_MOST
            )
            return [_line(one, merchant) for one in found]


async def _added(slug: str, code: str, values: Mapping[str, Any], until: datetime | None) -> str:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        _check_coins(values, merchant.currency)
        ends = None if until is None else until.replace(tzinfo=merchant.zone)
        async with parts.session() as session:
            book = Coupons(session, merchant.id, parts.clock())
            try:
                made = await book.make(code, {**values, "ends_at": ends})
            except CouponKnownError as error:
                raise CouponRefusedError(f"There is a coupon {error} already.") from error
            return _line(made, merchant)


def _check_coins(values: Mapping[str, Any], currency: str) -> None:
    for name in ("amount", "least"):
        amount = values[name]
        if amount is not None and Money(amount, currency).amount != amount:
            raise CouponRefusedError(f"{amount} has more decimals than {currency}.")


async def _dropped(slug: str, code: str) -> None:
    async with opened() as parts:
        merchant = await merchant_of(parts, slug)
        async with parts.session() as session:
            try:
                await Coupons(session, merchant.id, parts.clock()).drop(code)
            except CouponUnknownError as error:
                raise CouponRefusedError(f"There is no coupon {error}.") from error


def _line(one: Coupon, merchant: MerchantProfile) -> str:
    off = (
        f"{one.percent.normalize():f}%"
        if one.percent is not None
        else _money(one.amount, merchant.currency)
    )
    parts = [f"{one.code}: {off} off", f"used {one.uses}{_of(one.uses_max)}"]
    if one.least:
        parts.append(f"from {_money(one.least, merchant.currency)}")
    if one.ends_at is not None:
        parts.append(f"until {_day(one.ends_at, merchant.zone)}")
    return ", ".join([*parts, *(["once each"] if one.once_each else [])])


def _of(most: int | None) -> str:
    return "" if most is None else f" of {most}"


def _money(amount: Decimal | None, currency: str) -> str:
    return f"{Money(amount or Decimal(0), currency).amount} {currency}"


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%Y-%m-%d}"

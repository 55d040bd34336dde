"""Reminding a contact of a cart: by day, once, where that is allowed, and while it is of use."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Row

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.models.carts import Cart
from sokoni.capabilities.store.wording import CART, CHECKOUT, counted
from sokoni.contacts.consent import wants_to_hear
from sokoni.dialogue.flow import TurnContext
from sokoni.messaging.events import Timer, TimerFor
from sokoni.messaging.prompts import Amount, Choice, Lines, Param, Prompt, Worded

REMIND: Final = "store.remind"
CLEAR: Final = Choice("clear", Worded("store.choice.clear"), command=start("clear"))
_NAMED: Final = 5
"""Things that are named; the cart has them all."""


def reminder(cart: Row[Any]) -> TimerFor:
    """Return what has a contact reminded of a cart, as it stands now."""
    return TimerFor(
        merchant_id=cart.merchant_id,
        contact_id=cart.contact_id,
        timer=Timer(name=REMIND, data=_as_it_stands(cart)),
        once=f"{REMIND}:{cart.id.hex}:{cart.version}",
    )


async def remind(context: TurnContext, timer: Timer) -> Prompt | None:
    """Ask whether the cart is still wanted, if nothing happened to it since."""
    desk = Desk(context)
    shown = await desk.carts.show(desk.me)
    cart = shown.cart
    if cart is None or _as_it_stands(cart) != timer.data:
        return None
    # What is sold out by now is nothing to be reminded of.
    lines = [one for one in shown.lines if one.left != 0]
    if not lines or not await _allowed(context):
        return None
    total = replace(shown, lines=tuple(lines)).items_total
    params: Mapping[str, Param] = {
        "lines": Lines(tuple(counted(desk, one) for one in lines[:_NAMED])),
        "total": Amount.of(total),
    }
    return Prompt("store.remind", params, (CHECKOUT, CART, CLEAR))


async def _allowed(context: TurnContext) -> bool:
    """Tell whether they may be written to: freely while they are here, else if they agreed.

    Who said stop is not even asked.
    """
    person = context.person
    if person.no_marketing:
        return False
    if context.window_open:
        return True
    return await wants_to_hear(context.session, context.merchant.id, person.id)


def _as_it_stands(cart: Cart | Row[Any]) -> Mapping[str, str]:
    return {"cart": str(cart.id), "version": str(cart.version)}

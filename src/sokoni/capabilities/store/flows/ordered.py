"""What contacts put together in the channel's own catalogue: a cart, at our prices."""

from collections.abc import Sequence

from msgspec.structs import replace

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.service.carted import Finding, Trouble, Wanted
from sokoni.capabilities.store.settings import LONGEST_NOTE
from sokoni.capabilities.store.wording import (
    BROWSE,
    after_change,
    cart_lines,
    finding_told,
    noted,
    saying,
    total_of,
)
from sokoni.channels.inbound import OrderLine
from sokoni.dialogue.flow import Outcome, TurnContext
from sokoni.messaging.prompts import Lines, Param, Params, Start, Worded


async def ordered(context: TurnContext, lines: Sequence[OrderLine], beside: str) -> Outcome:
    """Put it in the cart, with the words beside it as the note of the order to be.

    What we do not know, or sell for another price, is named.
    """
    desk = Desk(context)
    currency = context.merchant.currency
    wanted = [
        Wanted(one.retailer_id, one.quantity, one.price if one.currency == currency else None)
        for one in lines
    ]
    taken = await desk.carts.take_lines(desk.me, wanted, context.conversation_id)
    shown = await desk.carts.show(desk.me)
    parts: list[Param] = []
    if taken.lines:
        told: Params = {"lines": cart_lines(desk, shown.lines)}
        parts += [Worded("store.ordered.done", told), total_of(desk, shown)]
    parts += [_found(desk, one) for one in taken.findings]
    chosen, unknown = await _with_options(desk, wanted, taken.unknown)
    if unknown:
        items = Lines(tuple(dict.fromkeys(unknown)))
        parts.append(Worded("store.ordered.unknown", {"items": items}))
    note = beside[:LONGEST_NOTE] if taken.lines else ""
    if note:
        await desk.notes.write(desk.me, note, context.conversation_id)
        parts.append(noted(note))
    choices = after_change(desk) if taken.lines else (BROWSE,)
    return Outcome(saying(*parts, choices=choices), then=_each(chosen))


async def _with_options(
    desk: Desk, wanted: Sequence[Wanted], unknown: Sequence[str]
) -> tuple[Sequence[Start], Sequence[str]]:
    """Return what has to be chosen from, such as a size, and what nobody here knows."""
    chosen, nobodys = [], []
    for retailer_id in dict.fromkeys(unknown):
        card = await desk.showcase.by_sku(retailer_id.strip())
        if card is None or card.sole is not None:
            nobodys.append(retailer_id)
            continue
        quantity = sum(one.quantity for one in wanted if one.retailer_id == retailer_id)
        chosen.append(start("add", {"product": str(card.id), "quantity": max(1, quantity)}))
    return chosen, nobodys


def _each(starts: Sequence[Start]) -> Start | None:
    """Ask for one after the other."""
    return replace(starts[0], later=tuple(starts[1:])) if starts else None


def _found(desk: Desk, finding: Finding) -> Worded:
    """Say what is other than the contact saw; what is sold out was never in the cart."""
    if finding.trouble in {Trouble.OUT, Trouble.GONE}:
        return Worded("store.add.out", {"name": finding.line.name(desk.language)})
    return finding_told(desk, finding)

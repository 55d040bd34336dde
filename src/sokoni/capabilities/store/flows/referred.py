"""Somebody writes about a product, from the channel's own catalogue."""

from typing import Final

from msgspec.structs import replace

from sokoni.capabilities.store.desk import ADD, Desk, start
from sokoni.capabilities.store.matching import options_meant
from sokoni.dialogue.flow import TurnContext
from sokoni.messaging.prompts import Start

_WHICH: Final = ("product", "nth")


async def referred(
    context: TurnContext, product: str, words: str, said: Start | None
) -> Start | None:
    """Show it, or put it in the cart where the words ask for that.

    It is known by its SKU, in which the size or colour counts that they looked at, unless they
    name another.
    """
    desk = Desk(context)
    sku = product.strip()
    card = await desk.showcase.by_sku(sku)
    if card is None:
        return None
    looked_at = next((one.options for one in card.variants if one.sku == sku), {})
    chosen = {**looked_at, **options_meant(card, words)} if card.sole is None else {}
    known: dict[str, object] = {"product": str(card.id)}
    if said is None or said.task != ADD or any(slot in said.slots for slot in _WHICH):
        return start("product", {**known, "words": " ".join(chosen.values())} if chosen else known)
    if chosen:
        known["chosen"] = chosen
    return replace(said, slots={**said.slots, **start("add", known).slots})

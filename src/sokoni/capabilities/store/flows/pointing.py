"""What is asked of something on the screen without its name: "how much is the brown one?"."""

from typing import Final

import msgspec

from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.matching import shown_so
from sokoni.capabilities.store.pointing import quality_of
from sokoni.messaging.prompts import Start

_MOST_OF_A_QUALITY: Final = 2


async def pointed_at(desk: Desk, said: str) -> Start | None:
    """Return what shows the thing that words stand for, None where they stand for none."""
    how = quality_of(said)
    if not how:
        return None
    meant = await shown_so(desk, said)
    looked_at = None if meant else desk.looked_at()
    card = await desk.showcase.product(looked_at) if looked_at else None
    if card is not None and card.options and len(how.split()) <= _MOST_OF_A_QUALITY:
        # It is not had so: the card tells which sizes and colours there are.
        return start("product", {"product": str(card.id)})
    if len(meant) == 1:
        return start("product", {"product": str(meant[0].id), "words": how})
    return narrowing(desk, how) if meant else start("search", {"words": how})


def narrowing(desk: Desk, how: str) -> Start:
    """Return the search for those of what was looked for last that are so."""
    last = desk.last_search() or {}
    before = msgspec.json.decode(last["words"], type=str) if "words" in last else ""
    words = before if how in before else f"{how} {before}".strip()
    again = start("search", {"words": words})
    return Start(again.task, {**last, **again.slots})

"""What words that nobody understood may mean: a product, a size of one, so many of one."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import msgspec

from sokoni.capabilities.store.asking import Asked, bare_name, phrases_for
from sokoni.capabilities.store.desk import Desk, start
from sokoni.capabilities.store.matching import (
    first_of,
    is_quality,
    is_sold,
    is_there,
    looked_for,
    narrowed,
    offered_so,
    options_meant,
    sayings,
)
from sokoni.capabilities.store.reading import AskedReader
from sokoni.dialogue.flow import TurnContext
from sokoni.language.lexicon import linking_words
from sokoni.language.readers.units import articles
from sokoni.language.words import Words
from sokoni.messaging.prompts import Start
from sokoni.search.base import Found, Query

_MOST_WORDS: Final = 8
"""Who writes more says more than a name."""
_MOST_OF_A_NAME: Final = 4
_MOST_OF_THE_UNKNOWN: Final = 2
"""Of what is like nothing here: more may be a sentence."""
_SHORTEST_NAME: Final = 3
_ASKED: Final = AskedReader()


async def guessed(context: TurnContext, words: Words) -> Start | None:
    """Return what the shop makes of the words, None where it has nothing of the kind."""
    spoken = sum(token.is_word or token.is_number for token in words.tokens)
    asked = _ASKED.read(words, context.scene) or ()
    counted = [one for one in asked if one.words and one.quantity is not None]
    most = _MOST_WORDS * max(1, len(counted))
    if not 0 < spoken <= most or phrases_for("reasons").at(words, 0):
        return None
    desk = Desk(context)
    return (
        await _of_question(desk, words)
        or await _of_shown(desk, words)
        or await _of_list(desk, words)
        or await _thing(desk, words)
    )


async def _of_question(desk: Desk, words: Words) -> Start | None:
    """Return the answer to "which one?" in words: "the white one", "the 2 litre"."""
    said = bare_name(words.text)
    meant = await offered_so(desk, said)
    if len(meant) == 1:
        return desk.offered()[meant[0].id]
    # Several still fit: which of those, is asked.
    left = desk.unanswered()
    if not meant or not left:
        return None
    quantity = desk.offered()[meant[0].id].slots.get("quantity")
    many = None if quantity is None else msgspec.json.decode(quantity, type=int)
    asked = Asked(f"{said} {left[0]}", many)
    return start("add", {"asked": [asdict(asked)], "follows": len(left) == 1})


async def _of_shown(desk: Desk, words: Words) -> Start | None:
    """Return the size or colour of what is looked at: "red, size 40"."""
    product_id = desk.looked_at()
    card = await desk.showcase.product(product_id) if product_id else None
    said = options_meant(card, words.text) if card is not None else {}
    if card is None or not said:
        return None
    known = desk.chosen()
    chosen = {**known, **said}
    fitting = card.choosing(chosen)
    if known or len(fitting) > 1:
        # The cart's next question is for what is still open: the colour.
        return start("add", {"product": str(card.id), "chosen": chosen})
    known = {"product": str(card.id), "words": words.text}
    return start("product", known) if fitting else None


async def _of_list(desk: Desk, words: Words) -> Start | None:
    """Return what narrows the list on the screen: "the brown one", "white"."""
    said = bare_name(words.text)
    pointed = words.tokens[0].folded in articles()
    if not said or not (pointed or await is_quality(desk, said)):
        return None
    meant = await narrowed(desk, said)
    if len(meant) == 1:
        return start("product", {"product": str(meant[0].id)})
    last = desk.last_search() or {}
    before = msgspec.json.decode(last["words"], type=str) if "words" in last else ""
    again = start("search", {"words": f"{said} {before}".strip()})
    return Start(again.task, {**last, **again.slots}) if meant else None


async def _thing(desk: Desk, words: Words) -> Start | None:
    """Return the search for a name, or, where it is counted, so many of it for the cart."""
    said = bare_name(words.text)
    if not said:
        return None
    search, query = start("search", {"words": said}), await looked_for(desk, said)
    if _is_narrowed(query):
        return search if is_there(await first_of(desk, query)) else None
    asked = _ASKED.read(words, desk.context.scene) or ()
    counted = any(one.quantity and one.words for one in asked)
    if counted and await is_sold(desk, next(one.words for one in asked if one.words)):
        return start("add", {"asked": [asdict(one) for one in asked]})
    if counted:
        return search if await _names_a_thing(desk, words, query) else None
    found = await first_of(desk, query)
    named = is_there(found) or await _names_a_thing(desk, words, query, found)
    return search if named else None


def _is_narrowed(query: Query) -> bool:
    """Tell whether a price, a size or the like was read: its number counts nothing."""
    return bool(
        query.price_min is not None
        or query.price_max is not None
        or query.facets
        or query.in_stock is not None
    )


async def _names_a_thing(
    desk: Desk, words: Words, query: Query, found: Found | None = None
) -> bool:
    """Tell a name of something that is not sold from a sentence.

    `found` is what was found for the query, where somebody has looked already.
    """
    tokens = [token for token in words.tokens if token.is_word or token.is_number]
    spoken = [token.folded for token in tokens if token.folded not in linking_words()]
    if words.is_question or not sayings().isdisjoint(spoken):
        return False
    if not any(token.is_word and len(token.folded) >= _SHORTEST_NAME for token in tokens):
        return False
    if len(spoken) > _MOST_OF_A_NAME:
        return await _half_are_sold(desk, spoken)
    found = found or await first_of(desk, query)
    return bool(found.hits) or len(tokens) <= _MOST_OF_THE_UNKNOWN


async def _half_are_sold(desk: Desk, spoken: Sequence[str]) -> bool:
    """Tell whether at least every second word is of something here."""
    known = 0
    for word in spoken:
        known += await is_sold(desk, word)
    return known * 2 >= len(spoken)

"""What words that nobody understood may mean: a product, a size of one, so many of one."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Final

import msgspec

from sokoni.capabilities.store.apart import apart
from sokoni.capabilities.store.asking import Asked, bare_name, is_measure, phrases_for
from sokoni.capabilities.store.desk import PLACE, Desk, start
from sokoni.capabilities.store.flows.pointing import narrowing, pointed_at
from sokoni.capabilities.store.matching import (
    first_of,
    is_quality,
    is_sold,
    is_there,
    looked_for,
    narrowed,
    offered_so,
    options_meant,
    products_meant,
    sayings,
    says,
    shown_so,
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
    desk, words = Desk(context), _after_about(words)
    return (
        await _of_question(desk, words)
        or await _so_many_of_shown(desk, words)
        or await pointed_at(desk, words.text)
        or await _of_shown(desk, words)
        or await _of_list(desk, words)
        or await _thing(desk, words)
    )


def _after_about(words: Words) -> Words:
    """Return what is asked about: "what about the brown one" asks what was asked before."""
    about = phrases_for("about").at(words, 0)
    rest = words.part(about[1], len(words.tokens)) if about else words
    return rest if rest.tokens else words


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


async def _so_many_of_shown(desk: Desk, words: Words) -> Start | None:
    """Return so many of the one thing on the screen that is so: "2 red ones, size M"."""
    asked = _ASKED.read(words, desk.context.scene) or ()
    named = asked[0].words if len(asked) == 1 and asked[0].quantity else ""
    # "5kg one" begins with how big it is.
    if not named or not words.tokens[0].is_number or named.startswith(words.tokens[0].folded):
        return None
    meant = await shown_so(desk, named)
    return start("add", {"asked": [asdict(asked[0])]}) if len(meant) == 1 else None


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
    tells = pointed or is_measure(words) or await is_quality(desk, said)
    if not said or not tells:
        return None
    meant = await narrowed(desk, said)
    if len(meant) == 1:
        return start("product", {"product": str(meant[0].id)})
    return narrowing(desk, said) if meant else None


async def _thing(desk: Desk, words: Words) -> Start | None:
    """Return the search for a name, or, where it is counted, so many of it for the cart."""
    said = bare_name(words.text)
    if not said:
        return None
    search, query = start("search", {"words": said}), await looked_for(desk, said)
    if _is_narrowed(query):
        return search if is_there(await first_of(desk, query)) else None
    asked = await apart(desk, _ASKED.read(words, desk.context.scene) or ())
    counted = any(one.quantity and one.words for one in asked)
    first = next((one.words for one in asked if one.words), "")
    if counted and await is_sold(desk, first) and await _is_sure(desk, first):
        return start("add", {"asked": [asdict(one) for one in asked]})
    if counted:
        return search if await _names_a_thing(desk, words, query) else None
    found = await first_of(desk, query)
    named = is_there(found) or await _names_a_thing(desk, words, query, found)
    return search if named else None


async def _is_sure(desk: Desk, said: str) -> bool:
    """Tell whether goods are meant where an address is asked for, too: "12 Market St" is none."""
    if desk.context.waiting.get(PLACE) != "address":
        return True
    meant = await products_meant(desk, said)
    return any(says(said, card) for card in meant.cards)


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

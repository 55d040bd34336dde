"""Which products, variants and lines of the cart a contact's words may mean."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from rapidfuzz import fuzz

from sokoni.capabilities.store.asking import bare_name, phrases_for
from sokoni.capabilities.store.desk import Desk
from sokoni.capabilities.store.models.catalogue import ProductId
from sokoni.capabilities.store.pointing import quality_of
from sokoni.capabilities.store.service.cards import ProductCard
from sokoni.capabilities.store.service.carted import CartLine
from sokoni.capabilities.store.service.indexing import SHELF
from sokoni.capabilities.store.vocabulary import vocabulary_of
from sokoni.language.lexicon import idle_words, linking_words, words_in
from sokoni.language.words import words_of
from sokoni.search.asking import asked
from sokoni.search.base import Found, Query
from sokoni.search.classes import other_numbers
from sokoni.search.index import index_for
from sokoni.search.normalising import asked_words, indexed_words, parts_of
from sokoni.search.vocabulary import Vocabulary

MOST: Final = 8
"""So many are offered where words may mean several."""
_ALIKE: Final = 84
_SHORTEST_STEM: Final = 3


@dataclass(frozen=True, slots=True)
class Matches:
    """Products that words may mean, likeliest first."""

    cards: Sequence[ProductCard]
    instead: bool = False
    """None is what was said: these come near."""
    vague: bool = False
    """Only how it is was said, "white", and not what it is."""

    @property
    def sole(self) -> ProductCard | None:
        clear = len(self.cards) == 1 and not self.instead and not self.vague
        return self.cards[0] if clear else None


async def find(desk: Desk, query: Query) -> Found:
    """Look on the merchant's shelves."""
    session = desk.context.session
    return await index_for(session).find(session, desk.context.merchant.id, SHELF, query)


async def names_of(desk: Desk) -> Vocabulary:
    """Return what the shop has names for, with its own synonyms."""
    context = desk.context
    return await vocabulary_of(
        context.session, context.cache, context.merchant.id, desk.settings.synonyms
    )


async def looked_for(desk: Desk, said: str) -> Query:
    """Return what words ask of the shelves: the text, and the filters that are in it."""
    own = desk.settings.synonyms
    if not said:
        return Query(language=desk.language)
    query = asked(said, desk.context.scene, await names_of(desk))
    return replace(query, language=desk.language, synonyms=own)


async def first_of(desk: Desk, query: Query) -> Found:
    """Return what fits best, or, instead of it, what comes nearest."""
    return await find(desk, replace(query, limit=1))


def is_there(found: Found) -> bool:
    """Tell what fits from what only comes near."""
    return bool(found.hits) and not found.instead


async def is_sold(desk: Desk, said: str) -> bool:
    """Tell whether something on the shelves is what words say."""
    return is_there(await first_of(desk, await looked_for(desk, said)))


@cache
def sayings() -> frozenset[str]:
    """Return the words that are part of a sentence rather than of a name."""
    return words_in("common") | idle_words()


def content_of(said: str) -> list[str]:
    """Return the words that may name a thing, without those of which sentences are made."""
    words = words_of(bare_name(said))
    spoken = (token.folded for token in words.tokens if token.is_word or token.is_number)
    return [word for word in spoken if word not in sayings() | linking_words()]


async def products_meant(desk: Desk, said: str) -> Matches:
    """Return what words mean: one of the products on the screen, else of all that are sold."""
    near = await shown_so(desk, said)
    if len(near) == 1:
        return Matches(near)
    query = replace(await looked_for(desk, said), limit=MOST)
    found = await find(desk, query)
    cards = await desk.showcase.products([ProductId(hit.id) for hit in found.hits])
    exact = [one for one in cards if words_of(one.name).folded == words_of(said).folded]
    if exact:
        return Matches(exact[:1])
    within = [one for one in cards if one.id in {other.id for other in near}]
    if near and within:
        return Matches(within, found.instead)
    # "Bread" is a loaf before it is milk from the shelf of bread and milk.
    named = [one for one in cards if says(said, one)]
    just = [one for one in named if _is_just(said, one.name)]
    vague = await is_quality(desk, said)
    return Matches(just if len(just) == 1 else named or cards, found.instead, vague)


async def shown_so(desk: Desk, said: str) -> Sequence[ProductCard]:
    """Return the products on the screen that words fit: of what was shown last, else before.

    Words that stand for one of them may tell its size or colour, too: "the black one".
    """
    how = quality_of(said)
    for shown in desk.on_screen():
        cards = await desk.showcase.products(shown)
        meant = [one for one in cards if (is_so(how, one) if how else says(said, one))]
        alone = cards if len(cards) == 1 and _only_tells_options(said, cards[0]) else ()
        if meant or alone:
            return meant or alone
    return ()


def is_so(how: str, card: ProductCard) -> bool:
    """Tell whether a product's name, brand, sizes and colours have every word."""
    values = [value for every in card.options.values() for value in every]
    return _says(how, [*card.called, *values, *card.options]) or _measures(how.split(), card)


def _only_tells_options(said: str, card: ProductCard) -> bool:
    """Tell whether words name sizes and colours of a product and nothing else: "black, size M"."""
    values = [value for every in card.options.values() for value in every]
    return bool(options_meant(card, said)) and _says(said, [*values, *card.options])


async def named_just(desk: Desk, said: str) -> ProductCard | None:
    """Return the product that has this very name, None where none has."""
    found = await find(desk, Query(text=said, limit=MOST, language=desk.language))
    cards = await desk.showcase.products([ProductId(hit.id) for hit in found.hits])
    asked = _spoken(said)
    return next((one for one in cards if _spoken(one.name) == asked), None)


async def cheapest_shown(desk: Desk) -> ProductCard | None:
    """Return what costs least of the last list on the screen; what is sold out only if all is."""
    for shown in desk.on_screen():
        if len(shown) > 1:
            cards = await desk.showcase.products(shown)
            return min(cards, key=lambda one: (one.is_out, one.low.amount), default=None)
    return None


async def is_quality(desk: Desk, said: str) -> bool:
    """Tell whether words only say how something is: a colour or size that something here has."""
    words = words_of(said)
    known = (await names_of(desk)).values.values()
    found = (values.at(words, 0) for values in known)
    return any(one is not None and one[1] == len(words.tokens) for one in found)


async def narrowed(desk: Desk, said: str) -> Sequence[ProductCard]:
    """Return those of the list on the screen that words tell from the others; () if none."""
    listed = await desk.showcase.products(desk.listed_last())
    meant = [one for one in listed if says(said, one)]
    return meant if len(meant) < len(listed) else ()


async def offered_so(desk: Desk, said: str) -> Sequence[ProductCard]:
    """Return those of the products just offered that words tell from the others, () if none."""
    offered = list(desk.offered())
    named = [word for word in said.split() if word.casefold() not in phrases_for("one")]
    if not named or len(offered) < 2:
        return ()
    cards = await desk.showcase.products(offered)
    meant = [card for card in cards if _measures(named, card) or says(" ".join(named), card)]
    return meant if len(meant) < len(cards) else ()


def _measures(named: Sequence[str], card: ProductCard) -> bool:
    """Tell whether a name has the words as search compares them: "1 litre" of "Milk 1 L"."""
    return {*indexed_words(parts_of(card.name))}.issuperset(asked_words(" ".join(named)))


def options_meant(card: ProductCard, said: str) -> Mapping[str, str]:
    """Return which of a product's options words name: "red, size 40"."""
    spoken = f" {words_of(said).folded} "
    return {
        option: value
        for option, values in card.options.items()
        for value in sorted(values, key=len)
        if f" {words_of(value).folded} " in spoken
    }


def lines_meant(lines: Iterable[CartLine], said: str) -> Sequence[CartLine]:
    """Return the lines of a cart whose name says what was said, in any language."""
    return [one for one in lines if _says(said, _names(one)) or _is_sku(said, one)]


async def lines_found(desk: Desk, lines: Sequence[CartLine], said: str) -> Sequence[CartLine]:
    """Return the lines that words mean, by another word for them where no name says it.

    What has a thing's name comes before what only stands on a shelf of that name: a ruler is no
    pen, where there are pens.
    """
    meant = lines_meant(lines, said)
    if meant or not lines:
        return meant
    own = desk.settings.synonyms
    found = await find(desk, Query(text=said, limit=50, language=desk.language, synonyms=own))
    if found.instead:
        return ()
    named = [hit for hit in found.hits if not hit.mentioned]
    hits = {hit.id for hit in named or found.hits}
    # "Pens" is no word for a ruler whose number is PEN-111.
    return [one for one in lines if one.product.id in hits and not _says(said, (one.variant.sku,))]


def _names(line: CartLine) -> list[str]:
    named = [*line.product.names.values(), line.product.brand, *line.product.tags]
    return [*named, *line.variant.options.values()]


def _is_sku(said: str, line: CartLine) -> bool:
    return _spoken(said) == _spoken(line.variant.sku)


def _says(said: str, names: Sequence[str]) -> bool:
    """Tell whether every word that was said is one of the names', or nearly."""
    spoken = _spoken(said)
    known = {token.folded for name in names for token in words_of(name).tokens}
    return bool(spoken) and all(_is_among(word, known) for word in spoken)


def says(said: str, card: ProductCard) -> bool:
    """Tell whether a product's name or brand has every word that was said."""
    return _says(said, card.called)


def _spoken(said: str) -> list[str]:
    return [one.folded for one in words_of(said).tokens if one.is_word or one.is_number]


def _is_just(said: str, name: str) -> bool:
    """Tell "Onions, 1 kg" from "Onion Soup": after what was said there is only how much it is."""
    spoken, named = words_of(said).tokens, words_of(name).tokens
    head, rest = named[: len(spoken)], named[len(spoken) :]
    same = [token.folded for token in head] == [token.folded for token in spoken]
    return same and (not rest or not rest[0].is_word)


def _is_among(word: str, known: set[str]) -> bool:
    if word in known or not known.isdisjoint(other_numbers(word)):
        return True
    if len(word) < _SHORTEST_STEM or word[0].isdigit():
        return False
    stem = word.removesuffix("es").removesuffix("s")
    return any(
        other.removesuffix("es").removesuffix("s") == stem or fuzz.ratio(word, other) >= _ALIKE
        for other in known
        if len(other) >= _SHORTEST_STEM
    )

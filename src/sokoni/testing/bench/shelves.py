"""A catalogue of any size for the benchmark of search, and what its shoppers look for.

Words are drawn so that a few are common and most are rare, as in a real shop. The same numbers
give the same catalogue.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Final
from uuid import UUID

from sokoni.search.base import Document, Order, Query

SHELF: Final = "store.products"
_SYLLABLES: Final = [a + b for a in "bcdfghjklmnprstvwz" for b in ("a", "e", "i", "o", "u", "an")]
_SIZES: Final = (
    "100 g",
    "250 g",
    "500 g",
    "1 kg",
    "2 kg",
    "5 kg",
    "500 ml",
    "1 l",
    "2 l",
    "128GB",
)
_COLOURS: Final = ("red", "blue", "black", "white", "green", "grey", "pink", "brown")
_NOUNS, _KINDS, _BRANDS, _OTHERS = 600, 300, 800, 6000
_COMMONEST: Final = 1.1
"""How unequal words are: the exponent of Zipf's law, a little milder than in running text."""


@dataclass(frozen=True, slots=True)
class _Words:
    """Words of one sort, the common ones first."""

    words: Sequence[str]
    weights: Sequence[float]

    def draw(self, chance: Random, many: int = 1) -> list[str]:
        return chance.choices(self.words, cum_weights=self.weights, k=many)


class Catalogue:
    """Products that are made when they are asked for."""

    def __init__(self, products: int, seed: int = 7) -> None:
        self.products = products
        self._seed = seed
        chance = Random(seed)  # noqa: S311 -- no secret
        taken: set[str] = set()
        self._nouns, self._kinds, self._brands, self._others = (
            _words(chance, many, taken) for many in (_NOUNS, _KINDS, _BRANDS, _OTHERS)
        )

    def documents(self) -> Iterator[Document]:
        for number in range(self.products):
            yield self.document(number)

    def document(self, number: int, *, changed: int = 0) -> Document:
        """Return a product; `changed` gives one with another price, stock and description."""
        chance = Random(f"{self._seed} {number}")  # noqa: S311
        noun, kind, brand = self._drawn(chance)
        size, colour = chance.choice(_SIZES), chance.choice(_COLOURS)
        category = noun_category(noun)
        later = Random(f"{self._seed} {number} {changed}")  # noqa: S311
        return Document(
            id=id_of(number),
            shelf=SHELF,
            names={"en": f"{brand.title()} {kind.title()} {noun.title()} {size}"},
            words=[f"SKU-{number}", colour, category, *self._others.draw(chance, 3)],
            body=" ".join(self._others.draw(later, 20)),
            categories=[category.partition("/")[0], category],
            brand=brand,
            price=Decimal(later.randrange(50, 20_000)) / 100,
            currency="USD",
            in_stock=later.random() < 0.9,
            popularity=int(chance.paretovariate(0.8)) - 1,
            facets={"colour": [colour], "size": [size]},
        )

    def queries(self, many: int) -> list[Query]:
        """Return what shoppers look for, a fixed mix of kinds."""
        chance = Random(f"{self._seed} queries")  # noqa: S311
        return [self._query(chance, number % 100) for number in range(many)]

    def _query(self, chance: Random, kind: int) -> Query:
        noun, sort, brand = self._drawn(chance)
        mix = (
            (30, Query(text=noun)),
            (55, Query(text=f"{sort} {noun}")),
            (70, Query(text=f"{brand} {noun}")),
            (78, Query(text=f"{noun} {chance.choice(_SIZES)}")),
            (86, Query(text=_misspelt(chance, noun))),
            (90, Query(text=f"{brand} {sort} {noun}")),
            (94, Query(text=noun, price_max=Decimal(20), in_stock=True)),
            (97, Query(text=noun, order=Order.CHEAPEST)),
            (99, Query(categories=[noun_category(noun)], in_stock=True)),
            (100, Query(text="qqxxyy zzwwqq")),
        )
        return next(query for below, query in mix if kind < below)

    def _drawn(self, chance: Random) -> tuple[str, str, str]:
        (noun,), (kind,) = self._nouns.draw(chance), self._kinds.draw(chance)
        return noun, kind, self._brands.draw(chance)[0]


def id_of(number: int) -> UUID:
    """Return a product's id; later ones come after earlier ones, as with ids by time."""
    return UUID(int=(1 << 100) + number)


def noun_category(noun: str) -> str:
    return f"{noun[0]}/{noun[:2]}"


def _words(chance: Random, many: int, taken: set[str]) -> _Words:
    words: list[str] = []
    while len(words) < many:
        word = "".join(chance.choices(_SYLLABLES, k=chance.randint(2, 4)))
        if word not in taken:
            taken.add(word)
            words.append(word)
    total, weights = 0.0, []
    for place in range(many):
        total += 1 / (place + 1) ** _COMMONEST
        weights.append(total)
    return _Words(words, weights)


def _misspelt(chance: Random, word: str) -> str:
    place = chance.randrange(1, len(word) - 1)
    return word[:place] + word[place + 1 :] if len(word) > 4 else word + "a"

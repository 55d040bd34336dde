"""The contract of search: what is put into an index, what is asked of it, what it finds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId

PAGE: Final = 10


class Order(StrEnum):
    BEST = "best"
    """By text, popularity and stock together."""
    CHEAPEST = "cheapest"
    DEAREST = "dearest"
    NEWEST = "newest"
    POPULAR = "popular"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One thing that can be found. What is shown of it stays in the rows of its owner."""

    id: UUID
    """Made by `new_id`: its order is that of age."""
    shelf: str
    """What kind of thing it is: "store.products"."""
    names: Mapping[str, str]
    """Language to name."""
    words: Sequence[str] = ()
    """SKU, options, values of attributes, tags: count less than names."""
    body: str = ""
    """Descriptions as plain text: count least."""
    category_names: Sequence[str] = ()
    """In all languages, those above included: count as descriptions do."""
    categories: Sequence[str] = ()
    """Ids of its categories, those above them included."""
    brand: str = ""
    price: Decimal | None = None
    """The lowest that it can be had for."""
    currency: str = ""
    in_stock: bool = True
    popularity: int = 0
    """How often it was sold."""
    facets: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """What it can be narrowed by: `{"size": ["S", "M"], "colour": ["red"]}`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. Whatever is left empty does not narrow."""

    text: str = ""
    categories: Sequence[str] = ()
    """Any of them."""
    brand: str = ""
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    in_stock: bool | None = None
    facets: Mapping[str, str] = field(default_factory=dict)
    """All of them."""
    order: Order = Order.BEST
    limit: int = PAGE
    offset: int = 0
    language: str = "en"
    synonyms: Sequence[Sequence[str]] = ()
    """The merchant's own: words of one line mean the same."""
    naming: Mapping[str, str] = field(default_factory=dict)
    """Words of the text that name a category, with its id: what is in it is meant as well."""


@dataclass(frozen=True, slots=True)
class Hit:
    id: UUID
    score: float
    mentioned: bool = False
    """Something that was said stands in its description or in the name of its shelf alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A page of what was found, best first."""

    hits: Sequence[Hit] = ()
    more: bool = False
    """Whether another page follows."""
    facets: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Facet to value to how many have it; what splits them best comes first. `brand` and
    `category` are among them."""
    named: int = 0
    """How many of those ranked are what was asked for, and do not only mention it."""
    instead: bool = False
    """Nothing is what was asked for: these come near."""
    corrected: str = ""
    """The text as it was taken to be meant, where it was misspelt."""


class SearchIndex(Protocol):
    """Finds one merchant's documents. Everything happens in the caller's transaction."""

    async def put(
        self, session: AsyncSession, merchant_id: MerchantId, documents: Iterable[Document]
    ) -> int:
        """Add documents, or put them in the place of what they were; return how many changed."""

    async def drop(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, ids: Sequence[UUID]
    ) -> None:
        """Have them no longer found."""

    async def find(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, query: Query
    ) -> Found:
        """Return what fits, or what comes nearest where nothing does."""

    async def named(
        self, session: AsyncSession, merchant_id: MerchantId, shelf: str, words: Iterable[str]
    ) -> frozenset[str]:
        """Return those of the folded words that stand or stood in names.

        In either number of Shona and Ndebele, or by another word that means the same.
        """

"""What is asked of an engine: which words, which marks, within which prices."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Protocol, TypeAlias
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from sokoni.kit.ids import MerchantId
from sokoni.search.base import Order
from sokoni.search.marks import scope_mark

CHUNK: Final = 200
"""Of all that fits so many are ranked at a time, those most in demand first."""

Words: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One way to say what is looked for: all of these words."""

    words: Words
    weight: float = 1.0
    """Less than 1 where the shopper used other words."""
    guessed: bool = False
    """Whether that is what a misspelt word may have been meant to be."""
    head: bool = False
    """Whether a name has to end in it: bananas are fruit, orange juice is none."""


Group: TypeAlias = tuple[Said, ...]
"""Ways to say one thing: one of them is enough."""


@dataclass(frozen=True, slots=True)
class Scope:
    merchant_id: MerchantId
    shelf: str

    @property
    def mark(self) -> str:
        return scope_mark(self.merchant_id, self.shelf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Documents of a scope with all groups, with one mark of each tuple, within the prices."""

    scope: Scope
    groups: tuple[Group, ...] = ()
    marks: tuple[Words, ...] = ()
    price_min: Decimal | None = None
    price_max: Decimal | None = None
    without_stock: bool = False
    """Only what is out of stock."""
    order: Order = Order.BEST
    skip: int = 0
    limit: int = CHUNK


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that fits, with what it is ranked by."""

    id: UUID
    names: str
    words: str
    body: str
    facets: str
    in_stock: bool
    popularity: int
    marks: str


class Engine(Protocol):
    """What each database does in its own way."""

    async def add(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        """Write new rows."""

    async def change(self, session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
        """Write rows whose `number` is known."""

    async def remove(self, session: AsyncSession, scope: Scope, ids: Sequence[UUID]) -> None:
        """Delete rows."""

    async def candidates(self, session: AsyncSession, wanted: Wanted) -> list[Candidate]:
        """Return what fits, that most in demand first, or in the order that is asked for."""

    async def alike(self, session: AsyncSession, scope: Scope, word: str) -> list[str]:
        """Return words of the scope's documents that are spelt more or less like this."""

"""The contract of a channel's own catalogue: what a merchant sells is put there, and shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from sokoni.errors import AppError
from sokoni.kit.money import Money


class CatalogueError(AppError):
    """The provider does not take the catalogue, this time or at all; its words say why."""

    code = "catalogue_refused"
    http_status = 502


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing as it is to stand in the catalogue."""

    number: str
    """By which orders name it: its SKU."""
    group: str = ""
    """What it is a variant of, by that one's number; "" where it stands alone."""
    name: str
    description: str
    brand: str = ""
    price: Money
    in_stock: bool
    image_url: str
    options: Mapping[str, str] = field(default_factory=dict)
    """What it differs in from others of its group."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A batch was worked off."""

    refused: Mapping[str, str]
    """What was not taken, by number, and why."""


class Catalogue(Protocol):
    """One catalogue of one account. Every method may raise `CatalogueError`."""

    id: str
    most: int
    """Entries of one batch."""

    async def submit(self, entries: Sequence[Entry], gone: Sequence[str], link: str) -> str:
        """Hand in a batch, of what is new, changed or gone, and return how to ask for it.

        `link` is where the shop is on the web, for entries have to lead somewhere.
        """

    async def settled(self, handle: str) -> Settled | None:
        """Return what came of a batch, None while it is worked off."""

    async def numbers(self) -> Sequence[str]:
        """Return what the catalogue has, whoever put it there."""


@runtime_checkable
class Catalogued(Protocol):
    """A channel whose account may have a catalogue."""

    @property
    def catalogue(self) -> Catalogue | None:
        """The one that is linked to the account, None where none is."""

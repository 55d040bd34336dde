"""Pages of a list, by the id of the last item seen: nothing is skipped when rows are added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, Generic, TypeVar
from uuid import UUID

from fastapi import Depends, Query
from pydantic import BaseModel

MOST: Final = 200
Item = TypeVar("Item", bound=BaseModel)
Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which page is wanted."""

    after: UUID | None
    limit: int

    @property
    def one_more(self) -> int:
        """How many rows to read to learn whether there is another page."""
        return self.limit + 1


async def _wanted(
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=MOST)] = 50,
) -> Wanted:
    return Wanted(after, limit)


PageWanted = Annotated[Wanted, Depends(_wanted)]


class Page(BaseModel, Generic[Item], frozen=True):
    """Some items, and where the next page begins: null on the last one."""

    items: Sequence[Item]
    next: UUID | None = None


def page_of(
    rows: Sequence[Row],
    wanted: Wanted,
    shown: Callable[[Row], Item],
    id_of: Callable[[Row], UUID],
) -> Page[Item]:
    """Return the page of rows that were read with `one_more`."""
    kept = rows[: wanted.limit]
    last = id_of(kept[-1]) if len(rows) > wanted.limit else None
    return Page(items=[shown(row) for row in kept], next=last)
